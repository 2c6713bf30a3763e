package dev.braid.worker.layer;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.shape.Node;
import dev.braid.worker.shape.Padding;
import dev.braid.worker.shape.Window;
import java.util.List;

/**
 * Zeros around a sequence, image or volume.
 *
 * @param padding how many on both sides, one number for all dimensions or one for each
 * @param name its name in the network
 * @param from what it reads instead of the layer before
 */
@JsonTypeName("zeroPadding")
public record ZeroPadding(
    @JsonProperty(required = true) Padding padding, String name, List<String> from)
    implements Layer {
  public ZeroPadding {
    require(
        padding.kind() == Padding.Kind.SIZES,
        "zeroPadding needs numbers, not %s",
        padding.written());
  }

  @Override
  public AlongTime alongTime() {
    return AlongTime.ACROSS;
  }

  @Override
  public int[] steps(Node node, List<int[]> sources) {
    return Window.steps(node, windows(node), sources);
  }

  @Override
  public LayerPlan plan(Node node) {
    int channels = Window.slidable(node).channels();
    return new LayerPlan(this, node, Window.result(node, windows(node), channels));
  }

  /** A window of one position that moves over the padded input. */
  public List<Window> windows(Node node) {
    return Window.over(node, List.of(1), List.of(1), List.of(1), padding);
  }
}
