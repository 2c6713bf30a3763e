package dev.braid.worker.layer;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.shape.Node;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.shape.Window;
import java.util.List;

/**
 * The largest number of each channel (or feature over time): [channels, ...] to [channels].
 *
 * @param name its name in the network
 * @param from what it reads instead of the layer before
 */
@JsonTypeName("globalMaxPooling")
public record GlobalMaxPooling(String name, List<String> from) implements Layer {
  @Override
  public AlongTime alongTime() {
    return AlongTime.ACROSS;
  }

  @Override
  public LayerPlan plan(Node node) {
    return new LayerPlan(this, node, Shape.of(Window.slidable(node).channels()));
  }
}
