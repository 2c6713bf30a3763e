package dev.braid.worker.metric;

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

  /** Counts for an output that gives each example, or each time step, one of several classes. */
  static Metrics classification(int numClasses) {
    return new Classification(numClasses);
  }

  /** Counts for an output that says yes or no to several labels; one label for two classes. */
  static Metrics multiLabel(int numLabels) {
    return new MultiLabel(numLabels);
  }

  /** Sums for an output of numbers. */
  static Metrics regression(int numColumns) {
    return new Regression(numColumns);
  }

  /**
   * Compares answers with labels, row after row.
   *
   * @param predictions [rows x outputs], row-major, after the output's activation
   * @param labels a class index per row for classification, otherwise [rows x outputs]
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
      out.writeInt(Format.HEADER);
      out.writeByte(Format.kindOf(this));
      write(out);
    } catch (IOException e) {
      throw new UncheckedIOException("metrics cannot be written", e);
    }
    return bytes.toByteArray();
  }

  /** What {@link #toBytes} wrote. */
  static Metrics fromBytes(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      return Format.read(in);
    } catch (IOException e) {
      throw new UncheckedIOException("metrics cannot be read", e);
    }
  }
}
