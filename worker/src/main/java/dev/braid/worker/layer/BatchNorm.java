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
 * gain (x - mean) / sqrt(variance + epsilon) + bias for each channel (or feature). In training mean
 * and variance are the mini-batch's, and running ones follow them; otherwise they are the running
 * ones (arXiv:1502.03167). A mini-batch with a single number per channel has no variance and is
 * normalised with the running ones, which then stay as they are.
 *
 * @param momentum how far the running ones move towards a mini-batch's, by default 0.1
 * @param epsilon by default 0.00001
 * @param weights whose tensors it has, where they are another layer's
 * @param name its name in the network
 * @param from what it reads instead of the layer before
 */
@JsonTypeName("batchNorm")
public record BatchNorm(
    Double momentum, Double epsilon, Weights weights, String name, List<String> from)
    implements Layer {
  public BatchNorm {
    momentum = momentum == null ? 0.1 : momentum;
    require(momentum > 0 && momentum <= 1, "momentum must be in (0, 1], got %s", momentum);
    epsilon = epsilon == null ? 1e-5 : epsilon;
    require(epsilon > 0, "epsilon must be above 0, got %s", epsilon);
    weights = weights == null ? Weights.DEFAULT : weights.requireOnlyShared("batchNorm");
  }

  /** With tensors of its own. */
  public BatchNorm(Double momentum, Double epsilon, String name, List<String> from) {
    this(momentum, epsilon, null, name, from);
  }

  @Override
  public AlongTime alongTime() {
    return AlongTime.EACH;
  }

  @Override
  public LayerPlan plan(Node node) {
    int channels = node.one().channels();
    return new LayerPlan(
        this,
        node,
        node.shape(),
        List.of(
            Parameter.vector("weight", channels, Role.BIAS, Initialiser.ONES),
            Parameter.vector("bias", channels, Role.BIAS, Initialiser.ZEROS),
            Parameter.vector("running_mean", channels, Role.MEAN, Initialiser.ZEROS),
            Parameter.vector("running_var", channels, Role.VARIANCE, Initialiser.ONES)));
  }
}
