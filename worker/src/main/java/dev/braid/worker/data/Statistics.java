package dev.braid.worker.data;

import static dev.braid.worker.Check.require;

import java.util.Arrays;

/**
 * Count, mean, sum of squared deviations, smallest and largest value of each feature of some
 * examples. Parts are merged exactly (Chan, Golub, LeVeque, "Updating formulae and a pairwise
 * algorithm for computing sample variances", 1979); a constant feature has deviations of exactly 0.
 * NaN stands for a missing number and is not counted.
 */
public final class Statistics {
  private final double[] count;
  private final double[] mean;
  private final double[] deviations;
  private final double[] min;
  private final double[] max;

  private Statistics(int width) {
    this.count = new double[width];
    this.mean = new double[width];
    this.deviations = new double[width];
    this.min = new double[width];
    this.max = new double[width];
    Arrays.fill(min, Double.POSITIVE_INFINITY);
    Arrays.fill(max, Double.NEGATIVE_INFINITY);
  }

  /** Of nothing yet. */
  public static Statistics none(int width) {
    return new Statistics(width);
  }

  /**
   * Of the rows of a column or, where they are ragged, of their steps, taken in order (Welford
   * 1962).
   */
  public static Statistics of(Column column) {
    Statistics result = new Statistics(column.stepSize());
    for (int i = 0; i < column.numRows(); i++) {
      float[] row = column.row(i);
      for (int from = 0; from < row.length; from += column.stepSize()) {
        result.add(row, from);
      }
    }
    return result;
  }

  private void add(float[] numbers, int from) {
    for (int j = 0; j < mean.length; j++) {
      double x = numbers[from + j];
      if (Double.isNaN(x)) {
        continue;
      }
      count[j]++;
      double delta = x - mean[j];
      mean[j] += delta * (1 / count[j]);
      deviations[j] += delta * (x - mean[j]);
      min[j] = Math.min(min[j], x);
      max[j] = Math.max(max[j], x);
    }
  }

  /** Adds feature {@code from} of another part to feature {@code to} of this one. */
  private void merge(int to, Statistics other, int from) {
    if (other.count[from] == 0) {
      return;
    }
    double all = count[to] + other.count[from];
    double delta = other.mean[from] - mean[to];
    mean[to] += delta * (other.count[from] / all);
    deviations[to] +=
        other.deviations[from] + delta * delta * (count[to] * other.count[from] / all);
    min[to] = Math.min(min[to], other.min[from]);
    max[to] = Math.max(max[to], other.max[from]);
    count[to] = all;
  }

  /** The mean of a feature; 0 of none. */
  public double mean(int feature) {
    return mean[feature];
  }

  /** Adds another part of the same features to this one. */
  public void mergeInPlace(Statistics other) {
    require(
        mean.length == other.mean.length,
        "%d features cannot be merged with %d",
        mean.length,
        other.mean.length);
    for (int j = 0; j < mean.length; j++) {
      merge(j, other, j);
    }
  }

  /**
   * The same for groups of features taken together: feature j belongs to group (j / inner) mod
   * numGroups, as in {@link Normaliser}.
   */
  public Statistics grouped(int numGroups, int inner) {
    Statistics result = new Statistics(numGroups);
    for (int j = 0; j < mean.length; j++) {
      result.merge((j / inner) % numGroups, this, j);
    }
    return result;
  }

  /** Brings each feature to mean 0 and variance 1; a constant one to 0. */
  public Normaliser standardise(int inner) {
    float[] shift = new float[mean.length];
    float[] scale = new float[mean.length];
    for (int j = 0; j < mean.length; j++) {
      shift[j] = (float) mean[j];
      scale[j] = deviations[j] == 0 ? 1 : (float) (1 / Math.sqrt(deviations[j] / count[j]));
    }
    return new Normaliser(shift, scale, inner);
  }

  /** Brings each feature to [0, 1]; a constant one to 0. */
  public Normaliser toUnitRange(int inner) {
    float[] shift = new float[mean.length];
    float[] scale = new float[mean.length];
    for (int j = 0; j < mean.length; j++) {
      shift[j] = count[j] > 0 ? (float) min[j] : 0;
      scale[j] = max[j] > min[j] ? (float) (1 / (max[j] - min[j])) : 1;
    }
    return new Normaliser(shift, scale, inner);
  }

  /** All of it as one array, for the wire. */
  public double[] toArray() {
    int width = mean.length;
    double[] array = new double[5 * width];
    System.arraycopy(count, 0, array, 0, width);
    System.arraycopy(mean, 0, array, width, width);
    System.arraycopy(deviations, 0, array, 2 * width, width);
    System.arraycopy(min, 0, array, 3 * width, width);
    System.arraycopy(max, 0, array, 4 * width, width);
    return array;
  }

  /** What {@link #toArray} has made an array of. */
  public static Statistics ofArray(double[] array) {
    int width = array.length / 5;
    Statistics result = new Statistics(width);
    System.arraycopy(array, 0, result.count, 0, width);
    System.arraycopy(array, width, result.mean, 0, width);
    System.arraycopy(array, 2 * width, result.deviations, 0, width);
    System.arraycopy(array, 3 * width, result.min, 0, width);
    System.arraycopy(array, 4 * width, result.max, 0, width);
    return result;
  }
}
