package dev.braid.worker.embedding;

import static dev.braid.worker.Check.require;

import java.util.Comparator;
import java.util.stream.IntStream;

/** Spearman's rank correlation; values that tie share the mean of their ranks. */
public final class Spearman {
  private Spearman() {}

  /**
   * Pearson's correlation of the ranks, -1 to 1; not a number where one side is constant.
   *
   * @param a [n], n at least 2
   * @param b [n]
   */
  public static double correlation(double[] a, double[] b) {
    require(a.length == b.length && a.length >= 2, "%d and %d values", a.length, b.length);
    double[] x = ranks(a);
    double[] y = ranks(b);
    double mean = (a.length + 1) / 2.0;
    double xx = 0;
    double yy = 0;
    double xy = 0;
    for (int i = 0; i < x.length; i++) {
      xx += (x[i] - mean) * (x[i] - mean);
      yy += (y[i] - mean) * (y[i] - mean);
      xy += (x[i] - mean) * (y[i] - mean);
    }
    return xy / Math.sqrt(xx * yy);
  }

  /** The rank of each value, from 1. */
  static double[] ranks(double[] values) {
    int[] order =
        IntStream.range(0, values.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> values[i]))
            .mapToInt(i -> i)
            .toArray();
    double[] ranks = new double[values.length];
    int from = 0;
    while (from < order.length) {
      int to = from;
      while (to < order.length && values[order[to]] == values[order[from]]) {
        to++;
      }
      for (int i = from; i < to; i++) {
        ranks[order[i]] = (from + 1 + to) / 2.0;
      }
      from = to;
    }
    return ranks;
  }
}
