package dev.braid.worker.layer;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.shape.Node;
import java.util.List;

/**
 * x / max(|x|, epsilon), |x| being the Euclidean length over the features (or channels): a code of
 * length 1, whose products with others are cosines.
 *
 * @param epsilon by default 1e-12
 * @param name its name in the network
 * @param from what it reads instead of the layer before
 */
@JsonTypeName("l2Normalise")
public record L2Normalise(Double epsilon, String name, List<String> from) implements Layer {
  public L2Normalise {
    epsilon = epsilon == null ? 1e-12 : epsilon;
    require(epsilon >= 1e-15, "epsilon must be at least 1e-15, got %s", epsilon);
  }

  @Override
  public AlongTime alongTime() {
    return AlongTime.EACH;
  }

  @Override
  public LayerPlan plan(Node node) {
    return new LayerPlan(this, node, node.one());
  }
}
