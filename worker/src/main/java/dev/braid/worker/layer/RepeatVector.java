package dev.braid.worker.layer;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.shape.Node;
import dev.braid.worker.shape.Shape;
import java.util.List;

/**
 * A vector at every step of a sequence, such as what a decoder is given about the whole: [features]
 * to [time, features].
 *
 * @param times how many steps; left out where {@code from} names a sequence beside the vector,
 *     whose steps they then are
 * @param name its name in the network
 * @param from what it reads instead of the layer before: the vector, then perhaps the sequence
 */
@JsonTypeName("repeatVector")
public record RepeatVector(Integer times, String name, List<String> from) implements Layer {
  public RepeatVector {
    require(times == null || times > 0, "times must be at least 1, got %s", times);
    require(
        times == null || from == null || from.size() == 1,
        "repeatVector takes either times or a sequence in its from, not both");
  }

  @Override
  public AlongTime alongTime() {
    return times == null ? AlongTime.EACH : AlongTime.FIXED;
  }

  @Override
  public LayerPlan plan(Node node) {
    int numSources = times == null ? 2 : 1;
    require(
        node.sources().size() == numSources,
        times == null
            ? "%s needs times, or from: [vector, sequence]; its sources are %s"
            : "%s reads one vector, but its sources are %s",
        node.describe(),
        node.describeSources());
    require(
        node.shape().rank() == 1 && !node.shape().isRagged(),
        "%s repeats a vector [features], but %s is what it reads",
        node.describe(),
        node.sources().get(0).describe());
    int steps = times == null ? node.sources().get(1).shape().sizes().get(0) : times;
    return new LayerPlan(this, node, Shape.ofChannels(node.shape().channels(), List.of(steps)));
  }
}
