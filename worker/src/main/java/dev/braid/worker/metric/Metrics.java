package dev.braid.worker.metric;

import dev.braid.worker.network.OutputPlan;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is counted while one output of a network is compared with its labels. A worker adds its
 * mini-batches, the driver merges the workers' counts in the order of the shards. Counts are whole
 * numbers, so merging is exact; regression merges doubles, in that same order: either way the
 * result does not depend on the cluster. Labels that are NaN are missing and count nothing.
 */
public sealed interface Metrics permits Classification, MultiLabel, Regression {

  /** Counts for an output with a number for each class, of which the largest is the answer. */
  static Metrics classification(int numClasses) {
    return Classification.ofLargest(numClasses, 1);
  }

  /**
   * Counts for an output of one number for two classes.
   *
   * @param threshold a prediction or label above it means class 1
   */
  static Metrics twoClasses(float threshold) {
    return Classification.ofTwo(threshold);
  }

  /**
   * Counts for an output that says yes or no to several labels.
   *
   * @param threshold a prediction or label above it says yes
   */
  static Metrics multiLabel(int numLabels, float threshold) {
    return new MultiLabel(numLabels, threshold);
  }

  /** Sums for an output of numbers. */
  static Metrics regression(int numColumns) {
    return new Regression(numColumns);
  }

  /** Counts for an output of a network: what its labels and its loss suggest. */
  static Metrics of(OutputPlan output) {
    return of(output, List.of());
  }

  /**
   * The same with the share of the labels that are among the k most probable classes.
   *
   * @param topK each k; those that are not smaller than the number of classes are left out
   */
  static Metrics of(OutputPlan output, List<Integer> topK) {
    if (output.labels() != OutputPlan.Labels.NUMBERS) {
      boolean channelsFirst = output.shape().channelAxis() == 0 && output.shape().rank() > 1;
      return Classification.ofLargest(
          output.numUnits(),
          channelsFirst ? output.numPositions() : 1,
          topK.stream().mapToInt(k -> k).filter(k -> k < output.numUnits()).toArray());
    }
    return switch (output.loss().labels()) {
      case SHARES -> yesOrNo(output, 0.5f);
      case SIGNS -> yesOrNo(output, 0);
      case CLASSES, NUMBERS, VECTORS -> regression(output.labelWidth());
    };
  }

  private static Metrics yesOrNo(OutputPlan output, float threshold) {
    return output.numUnits() == 1
        ? twoClasses(threshold)
        : multiLabel(output.labelWidth(), threshold);
  }

  /**
   * Compares a mini-batch's answers with its labels.
   *
   * @param predictions [size x outputs], row-major, after the output's activation
   * @param labels [size x labelWidth]: class indices for classification, else numbers
   * @throws IllegalArgumentException if a label cannot be one of this output
   */
  void add(float[] predictions, float[] labels);

  /** Takes over the counts of {@code other}, which must be of the same kind and width. */
  void merge(Metrics other);

  /** The names of all values of this kind, in the order to show them. */
  List<String> names();

  /**
   * The metrics by name, in the order of {@link #names}. What has no meaning is left out: anything
   * before the first label, ROC-AUC while only one of the two classes has been seen.
   */
  Map<String, Double> values();

  /** Writes all but the header. */
  void write(DataOutputStream out) throws IOException;

  /** Whether more of the metric of this name is better, as of accuracy, or less, as of an error. */
  static boolean isBetterHigher(String name) {
    return !Set.of("loss", "mse", "rmse", "mae", "hammingLoss").contains(name);
  }

  /** These counts, to be sent; equal counts give equal bytes. */
  default byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(MetricBytes.HEADER);
      out.writeByte(MetricBytes.kindOf(this));
      write(out);
    } catch (IOException e) {
      throw new UncheckedIOException("metrics cannot be written", e);
    }
    return bytes.toByteArray();
  }

  /** What {@link #toBytes} wrote. */
  static Metrics fromBytes(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      return MetricBytes.read(in);
    } catch (IOException e) {
      throw new UncheckedIOException("metrics cannot be read", e);
    }
  }
}
