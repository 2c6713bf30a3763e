package dev.braid.worker.layer;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.shape.Node;
import java.util.List;

/**
 * The first of two layers of equal shape less the second, number by number.
 *
 * @param name its name in the network
 * @param from what it reads instead of the layer before
 */
@JsonTypeName("subtract")
public record Subtract(String name, List<String> from) implements Layer {
  @Override
  public AlongTime alongTime() {
    return AlongTime.EACH;
  }

  @Override
  public LayerPlan plan(Node node) {
    require(
        node.sources().size() == 2,
        "%s takes one layer from another and needs two names in its 'from', got %s",
        node.describe(),
        node.describeSources());
    return new LayerPlan(this, node, node.equal("subtracts"));
  }
}
