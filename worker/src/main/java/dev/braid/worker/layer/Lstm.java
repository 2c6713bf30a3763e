package dev.braid.worker.layer;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.function.Activation;
import dev.braid.worker.parameter.Initialiser;
import dev.braid.worker.parameter.Weights;
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
 * @param weights of the input; those of the state begin orthogonal
 * @param name its name in the network
 * @param from what it reads instead of the layer before
 */
@JsonTypeName("lstm")
public record Lstm(
    @JsonProperty(required = true) int units,
    Double forgetBias,
    Boolean returnSequences,
    Activation gates,
    Weights weights,
    String name,
    List<String> from)
    implements Recurrent {
  /** What gates can be. */
  public static final Set<Activation> GATES =
      Set.of(Activation.SIGMOID, Activation.HARD_SIGMOID, Activation.HARD_SIGMOID_5);

  public Lstm {
    require(units > 0, "units must be at least 1, got %d", units);
    returnSequences = returnSequences == null || returnSequences;
    weights = weights == null ? Weights.DEFAULT : weights;
    forgetBias = forgetBias == null ? 1 : forgetBias;
    gates = gates == null ? Activation.SIGMOID : gates;
    require(
        GATES.contains(gates),
        "lstm's gates must be sigmoid, hardSigmoid or hardSigmoid5, got %s",
        gates);
  }

  @Override
  public List<Initialiser> biasParts() {
    Initialiser forget = Initialiser.constant(forgetBias);
    return List.of(Initialiser.ZEROS, forget, Initialiser.ZEROS, Initialiser.ZEROS);
  }
}
