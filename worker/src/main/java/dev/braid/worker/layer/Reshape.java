package dev.braid.worker.layer;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.shape.Node;
import dev.braid.worker.shape.Shape;
import java.util.List;

/**
 * The same numbers, in the same order, under another shape.
 *
 * @param shape the sizes of one example
 * @param name its name in the network
 * @param from what it reads instead of the layer before
 */
@JsonTypeName("reshape")
public record Reshape(@JsonProperty(required = true) Shape shape, String name, List<String> from)
    implements Layer {
  @Override
  public LayerPlan plan(Node node) {
    Shape input = node.one();
    require(
        input.size() == shape.size(),
        "%s to %s: that is %d numbers, but %s has %d",
        node.describe(),
        shape,
        shape.size(),
        node.sources().get(0).describe(),
        input.size());
    return new LayerPlan(this, node, shape);
  }
}
