package dev.braid.worker.metric;

import dev.braid.worker.WrongSettings;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * What is counted while one output of a network is compared with its labels. A worker adds its
 * mini-batches, the driver merges the workers' counts in the order of the shards. Counts are whole
 * numbers, so merging is exact; sums of doubles are merged in that same order: either way the
 * result does not depend on the cluster. Labels that are NaN are missing and count nothing.
 */
public interface Metrics {

  /** The name of the task whose kind of metrics these are: who reads what {@link #write} wrote. */
  String kind();

  /**
   * Compares a mini-batch's answers with its labels.
   *
   * @param size number of examples
   * @param predictions [size x outputs], row-major, after the output's activation; of outputs along
   *     time padded to the longest example
   * @param labels [size x labelWidth]: class indices for classification, else numbers; NaN where
   *     missing, and where an example has no such time step
   * @throws IllegalArgumentException if a label cannot be one of this output
   */
  void add(int size, float[] predictions, float[] labels);

  /**
   * Compares a mini-batch whose labels weigh, as scikit-learn's {@code sample_weight}: a label of
   * twice the weight counts as two. Weights are whole numbers, so that merging stays exact.
   *
   * @param weights one for each label
   * @throws WrongSettings where this kind of metrics knows no weights
   */
  default void addWeighted(int size, float[] predictions, float[] labels, long[] weights) {
    throw new WrongSettings(
        "metrics.weighted: the metrics of the task %s know no weights; leave it out"
            .formatted(kind()));
  }

  /** Takes over the counts of {@code other}, which must be of the same kind and width. */
  void merge(Metrics other);

  /** The names of all values of this kind, in the order to show them. */
  List<String> names();

  /**
   * The metrics by name, in the order of {@link #names}. What has no meaning is left out: anything
   * before the first label, ROC-AUC while only one of the two classes has been seen.
   */
  Map<String, Double> values();

  /** Whether more of the metric of this name is better, as of accuracy, or less, as of an error. */
  boolean isBetterHigher(String name);

  /**
   * How sure a wrong answer was of itself: the surest are shown in reports. NaN where the answer is
   * right, or where this kind of metrics knows no single mistakes.
   *
   * @param predictions of one example
   * @param labels of that example
   */
  default float mistake(float[] predictions, float[] labels) {
    return Float.NaN;
  }

  /**
   * What of an answer is kept where it is among the surest mistakes, to be shown: all of it, if not
   * said otherwise.
   *
   * @param predictions of one example
   * @param labels of that example
   */
  default float[] shown(float[] predictions, float[] labels) {
    return predictions;
  }

  /** Writes all but the header. */
  void write(DataOutputStream out) throws IOException;

  /** These counts, to be sent; equal counts give equal bytes. */
  default byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(MetricBytes.HEADER);
      out.writeUTF(kind());
      write(out);
    } catch (IOException e) {
      throw new UncheckedIOException("metrics cannot be written", e);
    }
    return bytes.toByteArray();
  }
}
