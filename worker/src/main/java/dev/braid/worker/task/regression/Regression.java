package dev.braid.worker.task.regression;

import static dev.braid.worker.Check.require;

import dev.braid.worker.metric.MetricBytes;
import dev.braid.worker.metric.Metrics;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Errors of predicted numbers, in the unit of the labels.
 *
 * <p>mse: mean squared error over all numbers. rmse: its square root. mae: mean absolute error. r2:
 * 1 - (sum of squared errors) / (sum of the labels' squared distances from their mean), the mean
 * over the columns; a column whose labels are all the same counts 1 if predicted without error and
 * 0 otherwise.
 *
 * <p>Mean and squared distances of two parts merge by the formula of Chan, Golub, LeVeque 1979.
 */
public final class Regression implements Metrics {
  private final int numColumns;
  private final long[] counts;
  private final double[] squaredErrors;
  private final double[] absoluteErrors;
  private final double[] means;
  private final double[] squaredDistances;

  /** Sums of so many columns. */
  public Regression(int numColumns) {
    require(numColumns > 0, "an output needs at least 1 column, got %d", numColumns);
    this.numColumns = numColumns;
    this.counts = new long[numColumns];
    this.squaredErrors = new double[numColumns];
    this.absoluteErrors = new double[numColumns];
    this.means = new double[numColumns];
    this.squaredDistances = new double[numColumns];
  }

  @Override
  public void add(int size, float[] predictions, float[] labels) {
    add(predictions, labels, i -> 1);
  }

  @Override
  public void addWeighted(int size, float[] predictions, float[] labels, long[] weights) {
    add(predictions, labels, i -> weights[i]);
  }

  private void add(float[] predictions, float[] labels, IntToLongFunction weight) {
    require(
        predictions.length == labels.length && labels.length % numColumns == 0,
        "%d predictions and %d labels for rows of %d columns",
        predictions.length,
        labels.length,
        numColumns);
    for (int i = 0; i < labels.length; i++) {
      if (!Float.isNaN(labels[i]) && weight.applyAsLong(i) > 0) {
        add(i % numColumns, predictions[i], labels[i], weight.applyAsLong(i));
      }
    }
  }

  private void add(int k, double prediction, double label, long weight) {
    double error = prediction - label;
    squaredErrors[k] += weight * (error * error);
    absoluteErrors[k] += weight * Math.abs(error);
    counts[k] += weight;
    double distance = label - means[k];
    means[k] += weight * distance / counts[k];
    squaredDistances[k] += weight * (distance * (label - means[k]));
  }

  @Override
  public String kind() {
    return "regression";
  }

  @Override
  public boolean isBetterHigher(String name) {
    return name.equals("r2");
  }

  @Override
  public void merge(Metrics other) {
    require(
        other instanceof Regression that && that.numColumns == numColumns,
        "cannot merge with the counts of another kind of output");
    Regression that = (Regression) other;
    for (int k = 0; k < numColumns; k++) {
      if (that.counts[k] > 0) {
        mergeColumn(that, k);
      }
    }
  }

  private void mergeColumn(Regression that, int k) {
    long count = counts[k] + that.counts[k];
    double distance = that.means[k] - means[k];
    double share = (double) that.counts[k] / count;
    squaredErrors[k] += that.squaredErrors[k];
    absoluteErrors[k] += that.absoluteErrors[k];
    squaredDistances[k] += that.squaredDistances[k] + distance * distance * share * counts[k];
    means[k] += distance * share;
    counts[k] = count;
  }

  @Override
  public List<String> names() {
    return List.of("mse", "rmse", "mae", "r2");
  }

  @Override
  public Map<String, Double> values() {
    Map<String, Double> values = new LinkedHashMap<>();
    long count = LongStream.of(counts).sum();
    if (count == 0) {
      return values;
    }
    double mse = DoubleStream.of(squaredErrors).sum() / count;
    values.put("mse", mse);
    values.put("rmse", Math.sqrt(mse));
    values.put("mae", DoubleStream.of(absoluteErrors).sum() / count);
    values.put(
        "r2",
        IntStream.range(0, numColumns)
            .filter(k -> counts[k] > 0)
            .mapToDouble(this::r2)
            .average()
            .getAsDouble());
    return values;
  }

  private double r2(int k) {
    if (squaredDistances[k] == 0) {
      return squaredErrors[k] == 0 ? 1 : 0;
    }
    return 1 - squaredErrors[k] / squaredDistances[k];
  }

  @Override
  public void write(DataOutputStream out) throws IOException {
    MetricBytes.writeCount(out, numColumns);
    MetricBytes.writeCounts(out, counts);
    for (double[] sums : sums()) {
      MetricBytes.writeDoubles(out, sums);
    }
  }

  static Regression read(DataInputStream in) throws IOException {
    Regression metrics = new Regression((int) MetricBytes.readCount(in));
    MetricBytes.readCounts(in, metrics.counts);
    for (double[] sums : metrics.sums()) {
      MetricBytes.readDoubles(in, sums);
    }
    return metrics;
  }

  private List<double[]> sums() {
    return List.of(squaredErrors, absoluteErrors, means, squaredDistances);
  }
}
