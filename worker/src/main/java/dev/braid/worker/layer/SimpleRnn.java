package dev.braid.worker.layer;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.function.Activation;
import dev.braid.worker.parameter.Initialiser;
import dev.braid.worker.parameter.Weights;
import java.util.List;

/**
 * A recurrent layer without gates: h' = activation(W x + b + U h + c) (Elman 1990).
 *
 * @param units numbers in its state
 * @param activation tanh (the default) or relu
 * @param returnSequences whether it gives every step (the default) or only the last
 * @param weights of the input; those of the state begin orthogonal
 * @param name its name in the network
 * @param from what it reads instead of the layer before
 */
@JsonTypeName("simpleRnn")
public record SimpleRnn(
    @JsonProperty(required = true) int units,
    Activation activation,
    Boolean returnSequences,
    Weights weights,
    String name,
    List<String> from)
    implements Recurrent {
  public SimpleRnn {
    require(units > 0, "units must be at least 1, got %d", units);
    returnSequences = returnSequences == null || returnSequences;
    weights = weights == null ? Weights.DEFAULT : weights;
    activation = activation == null ? Activation.TANH : activation;
    require(
        activation == Activation.TANH || activation == Activation.RELU,
        "simpleRnn's activation must be tanh or relu, got %s",
        activation);
  }

  @Override
  public List<Initialiser> biasParts() {
    return List.of(Initialiser.ZEROS);
  }
}
