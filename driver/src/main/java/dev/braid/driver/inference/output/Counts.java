package dev.braid.driver.inference.output;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.task.Tasks;
import java.io.Serializable;
import java.util.Arrays;

/**
 * What is counted while rows are scored.
 *
 * @param rows in the output
 * @param quarantined rows that could not be scored
 * @param labelled rows whose label was counted in the metrics
 * @param files whose rows these are
 * @param predictions per class how often it was the answer; of numbers, their sums
 * @param inputSums sums of the inputs as they came, per feature, or over all of them where there
 *     are many
 * @param metrics {@link Metrics} as bytes; empty where there are none
 */
@SuppressWarnings("ArrayRecordComponent") // sums, to be sent and stored
public record Counts(
    long rows,
    long quarantined,
    long labelled,
    long files,
    double[] predictions,
    double[] inputSums,
    byte[] metrics)
    implements Serializable {
  /** Nothing yet. */
  public static Counts none(ModelFacts facts) {
    return new Counts(
        0,
        0,
        0,
        0,
        new double[facts.numPredictions()],
        new double[facts.numInputMeans()],
        facts.blankMetrics());
  }

  /** Both together. */
  public Counts plus(Counts other) {
    byte[] both = metrics;
    if (metrics.length > 0) {
      Metrics sum = Tasks.metrics(metrics);
      sum.merge(Tasks.metrics(other.metrics));
      both = sum.toBytes();
    }
    return new Counts(
        rows + other.rows,
        quarantined + other.quarantined,
        labelled + other.labelled,
        files + other.files,
        sum(predictions, other.predictions),
        sum(inputSums, other.inputSums),
        both);
  }

  private static double[] sum(double[] a, double[] b) {
    double[] sum = Arrays.copyOf(a, a.length);
    for (int i = 0; i < sum.length; i++) {
      sum[i] += b[i];
    }
    return sum;
  }

  /** The same, of so many files. */
  public Counts of(long numFiles) {
    return new Counts(rows, quarantined, labelled, numFiles, predictions, inputSums, metrics);
  }

  /** Rows read, scored or not. */
  @JsonIgnore
  public long all() {
    return rows + quarantined;
  }

  /** Share of the rows that went to the quarantine. */
  @JsonIgnore
  public double quarantinedShare() {
    return all() == 0 ? 0 : (double) quarantined / all();
  }
}
