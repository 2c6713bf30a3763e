package dev.braid.driver.source;

import java.util.List;

/** Collects the numbers of one input, column by column, and says what is wrong with them. */
final class Numbers {
  private final List<Integer> shape;
  private final float[] values;
  private int count;

  /**
   * @param shape of an input of the model
   */
  Numbers(List<Integer> shape, int width) {
    this.shape = shape;
    this.values = new float[width];
  }

  /** A number. */
  void add(float number, String column) {
    requireFinite(number, column);
    if (count < values.length) {
      values[count] = number;
    }
    count++;
  }

  private static void requireFinite(float number, String column) {
    if (!Float.isFinite(number)) {
      throw new IllegalArgumentException("column '%s' is not finite: %s".formatted(column, number));
    }
  }

  /**
   * All of them.
   *
   * @throws IllegalArgumentException if there are fewer or more than the model takes
   */
  float[] all() {
    if (count != values.length) {
      throw new IllegalArgumentException(
          "%d numbers, but the model takes %s, that is %d".formatted(count, shape, values.length));
    }
    return values;
  }
}
