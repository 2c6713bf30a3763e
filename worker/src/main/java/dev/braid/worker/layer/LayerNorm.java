package dev.braid.worker.layer;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.parameter.Initialiser;
import dev.braid.worker.parameter.Parameter;
import dev.braid.worker.parameter.Weights;
import dev.braid.worker.shape.Node;
import dev.braid.worker.state.Segment.Role;
import java.util.List;

/**
 * gain (x - mean) / sqrt(variance + epsilon) + bias, mean and variance over the features of each
 * example or time step (arXiv:1607.06450).
 *
 * @param epsilon by default 0.00001
 * @param weights whose tensors it has, where they are another layer's
 * @param name its name in the network
 * @param from what it reads instead of the layer before
 */
@JsonTypeName("layerNorm")
public record LayerNorm(Double epsilon, Weights weights, String name, List<String> from)
    implements Layer {
  public LayerNorm {
    epsilon = epsilon == null ? 1e-5 : epsilon;
    require(epsilon > 0, "epsilon must be above 0, got %s", epsilon);
    weights = weights == null ? Weights.DEFAULT : weights.requireOnlyShared("layerNorm");
  }

  /** With tensors of its own. */
  public LayerNorm(Double epsilon, String name, List<String> from) {
    this(epsilon, null, name, from);
  }

  @Override
  public AlongTime alongTime() {
    return AlongTime.EACH;
  }

  @Override
  public LayerPlan plan(Node node) {
    int features =
        node.one("[features] or [time, features]", 1, 2, "use batchNorm for images").channels();
    return new LayerPlan(
        this,
        node,
        node.shape(),
        List.of(
            Parameter.vector("weight", features, Role.BIAS, Initialiser.ONES),
            Parameter.vector("bias", features, Role.BIAS, Initialiser.ZEROS)));
  }
}
