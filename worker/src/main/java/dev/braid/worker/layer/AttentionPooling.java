package dev.braid.worker.layer;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.parameter.Initialiser;
import dev.braid.worker.parameter.Parameter;
import dev.braid.worker.parameter.Weights;
import dev.braid.worker.shape.Node;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Segment.Role;
import java.util.List;

/**
 * A weighted mean of a sequence's steps, [time, features] to [features]: step x counts by the
 * softmax over time of v tanh(W x + b), learned so that what matters counts more (Yang et al.
 * 2016).
 *
 * @param units length of v
 * @param weights of W
 * @param name its name in the network
 * @param from what it reads instead of the layer before
 */
@JsonTypeName("attentionPooling")
public record AttentionPooling(
    @JsonProperty(required = true) int units, Weights weights, String name, List<String> from)
    implements Layer {
  public AttentionPooling {
    require(units > 0, "units must be at least 1, got %d", units);
    weights = weights == null ? Weights.DEFAULT : weights;
  }

  @Override
  public AlongTime alongTime() {
    return AlongTime.ACROSS;
  }

  @Override
  public LayerPlan plan(Node node) {
    int features = Recurrent.sequence(node).channels();
    Initialiser xavier = Initialiser.XAVIER_UNIFORM;
    return new LayerPlan(
        this,
        node,
        Shape.of(features),
        List.of(
            weights.tensor(List.of(units, features), features, units, xavier),
            Parameter.vector("bias", units, Role.BIAS, Initialiser.ZEROS),
            weights.tensor(List.of(1, units), units, 1, xavier).named("score_weight")));
  }
}
