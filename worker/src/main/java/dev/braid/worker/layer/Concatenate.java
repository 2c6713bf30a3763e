package dev.braid.worker.layer;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.shape.Node;
import dev.braid.worker.shape.Shape;
import java.util.List;

/**
 * Layers one after the other along their channels (features); all other sizes are equal.
 *
 * @param name its name in the network
 * @param from what it reads instead of the layer before
 */
@JsonTypeName("concatenate")
public record Concatenate(String name, List<String> from) implements Layer {
  @Override
  public AlongTime alongTime() {
    return AlongTime.EACH;
  }

  @Override
  public LayerPlan plan(Node node) {
    node.requireSeveral();
    Shape first = node.shape();
    int channels = 0;
    for (Node.Source source : node.sources()) {
      require(
          source.shape().rank() == first.rank() && source.shape().spatial().equals(first.spatial()),
          "%s joins %s: all sizes but the %s must be equal; change the padding or stride of one"
              + " branch",
          node.describe(),
          node.describeSources(),
          first.rank() <= 2 ? "last (features)" : "first (channels)");
      channels = Math.addExact(channels, source.shape().channels());
    }
    return new LayerPlan(this, node, Shape.ofChannels(channels, first.spatial()));
  }
}
