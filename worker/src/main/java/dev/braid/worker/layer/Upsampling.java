package dev.braid.worker.layer;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.shape.Node;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.shape.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Each position repeated along every dimension of a sequence, image or volume.
 *
 * @param factor how many times
 * @param name its name in the network
 * @param from what it reads instead of the layer before
 */
@JsonTypeName("upsampling")
public record Upsampling(@JsonProperty(required = true) int factor, String name, List<String> from)
    implements Layer {
  public Upsampling {
    require(factor > 0, "factor must be at least 1, got %d", factor);
  }

  @Override
  public AlongTime alongTime() {
    return AlongTime.ACROSS;
  }

  @Override
  public int[] steps(Node node, List<int[]> sources) {
    return Arrays.stream(sources.get(0)).map(steps -> Math.multiplyExact(steps, factor)).toArray();
  }

  @Override
  public LayerPlan plan(Node node) {
    Shape input = Window.slidable(node);
    List<Integer> spatial = new ArrayList<>();
    input
        .spatial()
        .forEach(size -> spatial.add(size == Shape.TIME ? size : Math.multiplyExact(size, factor)));
    return new LayerPlan(this, node, Shape.ofChannels(input.channels(), spatial));
  }
}
