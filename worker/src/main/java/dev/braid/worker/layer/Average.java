package dev.braid.worker.layer;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.shape.Node;
import java.util.List;

/**
 * The mean, number by number, of layers of equal shape.
 *
 * @param name its name in the network
 * @param from what it reads instead of the layer before
 */
@JsonTypeName("average")
public record Average(String name, List<String> from) implements Layer {
  @Override
  public AlongTime alongTime() {
    return AlongTime.EACH;
  }

  @Override
  public LayerPlan plan(Node node) {
    return new LayerPlan(this, node, node.equal("averages"));
  }
}
