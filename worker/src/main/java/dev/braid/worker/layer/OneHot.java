package dev.braid.worker.layer;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.shape.Node;
import dev.braid.worker.shape.Shape;
import java.util.List;

/**
 * A 1 among zeros for each index: [time] of whole numbers from 0 to [time, size].
 *
 * @param size number of different indices
 * @param name its name in the network
 * @param from what it reads instead of the layer before
 */
@JsonTypeName("oneHot")
public record OneHot(@JsonProperty(required = true) int size, String name, List<String> from)
    implements Layer {
  public OneHot {
    require(size > 0, "oneHot's size must be at least 1, got %d", size);
  }

  @Override
  public int numIndices() {
    return size;
  }

  @Override
  public boolean readsRagged(Shape shape) {
    return shape.rank() == 1;
  }

  @Override
  public AlongTime alongTime() {
    return AlongTime.EACH;
  }

  @Override
  public LayerPlan plan(Node node) {
    Shape input = node.one("[time] indices", 1, 1, "give it one row of indices per example");
    return new LayerPlan(this, node, Shape.ofChannels(size, input.sizes()));
  }
}
