package dev.braid.worker.layer;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.shape.Node;
import java.util.List;

/**
 * Adds to each step of [time, features] what tells its place t, from 0 (arXiv:1706.03762): sin(t /
 * 10000^(2i / features)) to feature 2i, the cosine of the same to feature 2i + 1.
 *
 * @param name its name in the network
 * @param from what it reads instead of the layer before
 */
@JsonTypeName("positionalEncoding")
public record PositionalEncoding(String name, List<String> from) implements Layer {
  @Override
  public AlongTime alongTime() {
    return AlongTime.ACROSS;
  }

  @Override
  public LayerPlan plan(Node node) {
    return new LayerPlan(this, node, Recurrent.sequence(node));
  }

  /** What is added to each of so many steps, [time, features]. */
  public static float[] places(int time, int features) {
    float[] places = new float[time * features];
    for (int i = 0; i < places.length; i++) {
      int place = i / features;
      int feature = i % features;
      int even = feature - feature % 2;
      double angle = place / StrictMath.pow(10000, even / (double) features);
      places[i] = (float) (feature % 2 == 0 ? StrictMath.sin(angle) : StrictMath.cos(angle));
    }
    return places;
  }
}
