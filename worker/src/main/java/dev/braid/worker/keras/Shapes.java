package dev.braid.worker.keras;

import dev.braid.worker.shape.Shape;
import java.util.ArrayList;
import java.util.List;

/** Shapes of one example, which have their channels last in Keras. */
final class Shapes {
  private Shapes() {}

  /** A shape of Keras's as it is here: images and volumes have their channels first. */
  static Shape of(List<Integer> channelsLast) {
    List<Integer> sizes = new ArrayList<>(channelsLast);
    if (sizes.size() > 2) {
      sizes.add(0, sizes.remove(sizes.size() - 1));
    }
    return new Shape(sizes);
  }

  /** Whether the numbers of a shape lie in one order here and in Keras. */
  static boolean isOrdered(Shape shape) {
    return shape.channelAxis() > 0
        || shape.rank() == 1
        || shape.channels() == 1
        || shape.size() == shape.channels();
  }

  /**
   * What a Reshape makes of {@code source}.
   *
   * @param target sizes as Keras has them, one of them -1 where it follows from the others
   */
  static Shape reshaped(LayerSettings settings, List<Integer> target, Shape source) {
    List<Integer> sizes = new ArrayList<>(target);
    int open = sizes.indexOf(-1);
    if (open >= 0) {
      sizes.remove(open);
      int others = sizes.stream().reduce(1, Math::multiplyExact);
      if (others <= 0 || source.size() % others != 0) {
        throw settings.error(": target_shape %s does not fit %s", target, source);
      }
      sizes.add(open, source.size() / others);
    }
    return of(sizes);
  }
}
