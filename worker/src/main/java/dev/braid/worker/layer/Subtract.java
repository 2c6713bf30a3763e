package dev.braid.worker.layer;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.shape.Node;
import java.util.List;

/**
 * The first of two layers of equal shape less the second: how two towers differ.
 *
 * @param name its name in the network
 * @param from what it reads instead of the layer before
 */
@JsonTypeName("subtract")
public record Subtract(String name, List<String> from) implements Layer {
  @Override
  public LayerPlan plan(Node node) {
    return new LayerPlan(this, node, node.equal("subtracts"));
  }
}
