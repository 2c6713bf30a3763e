package dev.braid.worker.optimizer.rule;

/**
 * Sums in double precision, in an order that depends on the range's bounds alone: four sums side by
 * side, so that one addition need not wait for the one before.
 */
final class Sum {
  private Sum() {}

  /** Sum of the squares of {@code values} in [from, to). */
  static double squares(float[] values, int from, int to) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = from;
    for (; i < to - 3; i += 4) {
      a += square(values[i]);
      b += square(values[i + 1]);
      c += square(values[i + 2]);
      d += square(values[i + 3]);
    }
    for (; i < to; i++) {
      a += square(values[i]);
    }
    return (a + b) + (c + d);
  }

  /** Sum of the absolute values of {@code values} in [from, to). */
  static double absolutes(float[] values, int from, int to) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = from;
    for (; i < to - 3; i += 4) {
      a += Math.abs(values[i]);
      b += Math.abs(values[i + 1]);
      c += Math.abs(values[i + 2]);
      d += Math.abs(values[i + 3]);
    }
    for (; i < to; i++) {
      a += Math.abs(values[i]);
    }
    return (a + b) + (c + d);
  }

  private static double square(double value) {
    return value * value;
  }
}
