package dev.braid.worker.layer;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.shape.Node;
import java.util.List;

/**
 * |x|, as of the difference between two codes.
 *
 * @param name its name in the network
 * @param from what it reads instead of the layer before
 */
@JsonTypeName("absolute")
public record Absolute(String name, List<String> from) implements Layer {
  @Override
  public AlongTime alongTime() {
    return AlongTime.EACH;
  }

  @Override
  public LayerPlan plan(Node node) {
    return new LayerPlan(this, node, node.one());
  }
}
