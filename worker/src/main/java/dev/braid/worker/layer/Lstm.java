package dev.braid.worker.layer;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.function.Activation;
import dev.braid.worker.parameter.Initialiser;
import dev.braid.worker.parameter.Parameter;
import dev.braid.worker.parameter.Weights;
import dev.braid.worker.shape.Node;
import dev.braid.worker.state.Segment.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997; Gers et al. 2000), gates in the order
 * input, forget, cell, output.
 *
 * @param units numbers in its state
 * @param forgetBias first value of the forget gate's bias, by default 1 (Jozefowicz et al. 2015)
 * @param returnSequences whether it gives every step (the default) or only the last
 * @param gates activation of the gates: sigmoid (the default), hardSigmoid or, as Keras 2 has it,
 *     hardSigmoid5
 * @param peepholes whether the gates see the cell too, input and forget gate that of the step
 *     before, the output gate the new one (Gers and Schmidhuber 2000); by default no
 * @param weights of the input; those of the state begin orthogonal, those of the peepholes with 0
 * @param name its name in the network
 * @param from what it reads instead of the layer before
 */
@JsonTypeName("lstm")
public record Lstm(
    @JsonProperty(required = true) int units,
    Double forgetBias,
    Boolean returnSequences,
    Activation gates,
    Boolean peepholes,
    Weights weights,
    String name,
    List<String> from)
    implements Recurrent {
  /** What gates can be. */
  public static final Set<Activation> GATES =
      Set.of(Activation.SIGMOID, Activation.HARD_SIGMOID, Activation.HARD_SIGMOID_5);

  private static final int PEEPHOLES = 3;

  public Lstm {
    require(units > 0, "units must be at least 1, got %d", units);
    returnSequences = returnSequences == null || returnSequences;
    weights = weights == null ? Weights.DEFAULT : weights;
    forgetBias = forgetBias == null ? 1 : forgetBias;
    gates = gates == null ? Activation.SIGMOID : gates;
    peepholes = peepholes != null && peepholes;
    require(
        GATES.contains(gates),
        "lstm's gates must be sigmoid, hardSigmoid or hardSigmoid5, got %s",
        gates);
  }

  /** An LSTM as most programs have it. */
  public static Lstm plain(
      int units, boolean returnSequences, Activation gates, String name, List<String> from) {
    return new Lstm(units, null, returnSequences, gates, null, null, name, from);
  }

  /** The peepholes come last: a weight for each unit of the input, forget and output gate. */
  @Override
  public List<Parameter> tensors(int features, String suffix) {
    List<Parameter> tensors = new ArrayList<>(Recurrent.super.tensors(features, suffix));
    if (peepholes) {
      tensors.add(
          new Parameter(
              "weight_peephole_l0" + suffix,
              List.of(Math.multiplyExact(PEEPHOLES, units)),
              Role.WEIGHT,
              List.of(Initialiser.ZEROS),
              1,
              1,
              weights.penalty()));
    }
    return tensors;
  }

  /** Output and cell. */
  @Override
  public List<Integer> stateWidths(Node node) {
    return List.of(units, units);
  }

  @Override
  public List<Initialiser> biasParts() {
    Initialiser forget = Initialiser.constant(forgetBias);
    return List.of(Initialiser.ZEROS, forget, Initialiser.ZEROS, Initialiser.ZEROS);
  }
}
