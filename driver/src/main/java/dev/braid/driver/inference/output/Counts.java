package dev.braid.driver.inference.output;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.task.Tasks;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is counted while rows are scored.
 *
 * @param rows in the output
 * @param quarantined rows that could not be scored
 * @param labelled rows whose label was counted in the metrics
 * @param files whose rows these are
 * @param predictions of each output after the other, per class how often it was the answer; of
 *     numbers, their sums
 * @param inputSums of each input after the other, sums of its numbers as they came, or over all of
 *     them where there are many
 * @param metrics {@link Metrics} of each output as bytes; empty where there are none
 */
@SuppressWarnings("ArrayRecordComponent") // sums, to be sent and stored
public record Counts(
    long rows,
    long quarantined,
    long labelled,
    long files,
    double[] predictions,
    double[] inputSums,
    @JsonFormat(
            with = {
              JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY,
              JsonFormat.Feature.WRITE_SINGLE_ELEM_ARRAYS_UNWRAPPED
            })
        List<byte[]> metrics)
    implements Serializable {
  public Counts {
    metrics = new ArrayList<>(metrics); // to be sent
  }

  /** Nothing yet. */
  public static Counts none(ModelFacts facts) {
    return new Counts(
        0,
        0,
        0,
        0,
        new double[facts.numPredictions()],
        new double[facts.numInputMeans()],
        facts.outputs().stream().map(ModelFacts.Output::blankMetrics).toList());
  }

  /** Both together. */
  public Counts plus(Counts other) {
    List<byte[]> both = new ArrayList<>();
    for (int i = 0; i < metrics.size(); i++) {
      both.add(sum(metrics.get(i), other.metrics.get(i)));
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

  private static byte[] sum(byte[] a, byte[] b) {
    if (a.length == 0) {
      return a;
    }
    Metrics sum = Tasks.metrics(a);
    sum.merge(Tasks.metrics(b));
    return sum.toBytes();
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

  /** What was counted of labels, by the names of the outputs that have labels. */
  public Map<ModelFacts.Output, Metrics> scores(ModelFacts facts) {
    Map<ModelFacts.Output, Metrics> scores = new LinkedHashMap<>();
    for (int i = 0; labelled > 0 && i < metrics.size(); i++) {
      if (metrics.get(i).length > 0) {
        scores.put(facts.outputs().get(i), Tasks.metrics(metrics.get(i)));
      }
    }
    return scores;
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
