package dev.braid.worker.layer;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.shape.Node;
import dev.braid.worker.shape.Shape;
import java.util.List;

/**
 * The last step of each sequence: [time, features] to [features].
 *
 * @param name its name in the network
 * @param from what it reads instead of the layer before
 */
@JsonTypeName("lastStep")
public record LastStep(String name, List<String> from) implements Layer {
  @Override
  public AlongTime alongTime() {
    return AlongTime.ACROSS;
  }

  @Override
  public LayerPlan plan(Node node) {
    return new LayerPlan(this, node, Shape.of(Recurrent.sequence(node).channels()));
  }
}
