package dev.braid.worker.layer;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.shape.Node;
import dev.braid.worker.shape.Shape;
import java.util.List;

/**
 * All numbers of an example as one vector: [features].
 *
 * @param name its name in the network
 * @param from what it reads instead of the layer before
 */
@JsonTypeName("flatten")
public record Flatten(String name, List<String> from) implements Layer {
  @Override
  public LayerPlan plan(Node node) {
    return new LayerPlan(this, node, Shape.of(node.one().size()));
  }
}
