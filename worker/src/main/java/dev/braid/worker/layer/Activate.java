package dev.braid.worker.layer;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.function.Activation;
import dev.braid.worker.shape.Node;
import java.util.List;

/**
 * An activation on its own, for instance after a batch normalisation.
 *
 * @param function which one
 * @param name its name in the network
 * @param from what it reads instead of the layer before
 */
@JsonTypeName("activation")
public record Activate(
    @JsonProperty(required = true) Activation function, String name, List<String> from)
    implements Layer {
  @Override
  public AlongTime alongTime() {
    return AlongTime.EACH;
  }

  @Override
  public LayerPlan plan(Node node) {
    return new LayerPlan(this, node, node.one());
  }
}
