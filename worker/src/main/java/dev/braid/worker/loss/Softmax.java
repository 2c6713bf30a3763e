package dev.braid.worker.loss;

import static dev.braid.worker.function.Transcendental.exp;
import static dev.braid.worker.function.Transcendental.log;

/** Softmax of a mini-batch's rows; the largest number is taken off first, so nothing overflows. */
final class Softmax {
  private Softmax() {}

  /**
   * The logarithm of the sum of a row's exponentials. Where a gradient is asked for, the
   * exponentials themselves are left there, divided by their largest.
   */
  static double logOfSum(LossBatch batch, int row) {
    double[] x = batch.outputs();
    double[] left = batch.gradient();
    int from = row * batch.units();
    int to = from + batch.units();
    double largest = x[from];
    for (int i = from + 1; i < to; i++) {
      largest = Math.max(largest, x[i]);
    }
    double sum = 0;
    for (int i = from; i < to; i++) {
      double e = exp(x[i] - largest);
      sum += e;
      if (left != null) {
        left[i] = e;
      }
    }
    return largest + log(sum);
  }

  /** Makes probabilities, times {@code scale}, of what {@link #logOfSum} left. */
  static void probabilities(LossBatch batch, int row, double scale) {
    double[] left = batch.gradient();
    int from = row * batch.units();
    int to = from + batch.units();
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += left[i];
    }
    double factor = scale / sum;
    for (int i = from; i < to; i++) {
      left[i] *= factor;
    }
  }
}
