package dev.braid.worker.layer;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.parameter.Initialiser;
import dev.braid.worker.parameter.Weights;
import java.util.Collections;
import java.util.List;

/**
 * Gated recurrent units (arXiv:1406.1078), the reset gate applied after the product with the state
 * as in PyTorch; gates in the order reset, update, new.
 *
 * @param units numbers in its state
 * @param returnSequences whether it gives every step (the default) or only the last
 * @param weights of the input; those of the state begin orthogonal
 * @param name its name in the network
 * @param from what it reads instead of the layer before
 */
@JsonTypeName("gru")
public record Gru(
    @JsonProperty(required = true) int units,
    Boolean returnSequences,
    Weights weights,
    String name,
    List<String> from)
    implements Recurrent {
  public Gru {
    require(units > 0, "units must be at least 1, got %d", units);
    returnSequences = returnSequences == null || returnSequences;
    weights = weights == null ? Weights.DEFAULT : weights;
  }

  @Override
  public List<Initialiser> biasParts() {
    return Collections.nCopies(3, Initialiser.ZEROS);
  }
}
