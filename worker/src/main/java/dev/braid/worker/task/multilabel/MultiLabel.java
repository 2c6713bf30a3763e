package dev.braid.worker.task.multilabel;

import static dev.braid.worker.Check.require;

import dev.braid.worker.metric.Averages;
import dev.braid.worker.metric.Hits;
import dev.braid.worker.metric.MetricBytes;
import dev.braid.worker.metric.Metrics;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

/**
 * Yes or no to several labels per row: yes where the number is above a threshold.
 *
 * <p>accuracy: share of the rows whose labels are all right (of those that are not missing).
 * hammingLoss: share of the labels that are wrong. Macro, micro and weighted averages are taken
 * over the labels' "yes", see {@link Averages}.
 */
public final class MultiLabel implements Metrics {
  private final int numLabels;
  private final float threshold;
  private final long[] truePositives;
  private final long[] falsePositives;
  private final long[] falseNegatives;
  private final long[] trueNegatives;
  private final long[] rows = new long[2];

  /** Counts of so many properties; above the threshold is yes. */
  public MultiLabel(int numLabels, float threshold) {
    require(numLabels > 0, "an output needs at least 1 label, got %d", numLabels);
    this.numLabels = numLabels;
    this.threshold = threshold;
    this.truePositives = new long[numLabels];
    this.falsePositives = new long[numLabels];
    this.falseNegatives = new long[numLabels];
    this.trueNegatives = new long[numLabels];
  }

  /** How often the label was found, wrongly seen and missed. */
  public Hits hits(int label) {
    return new Hits(truePositives[label], falsePositives[label], falseNegatives[label]);
  }

  /** {@link #hits} of all labels. */
  public List<Hits> hits() {
    return IntStream.range(0, numLabels).mapToObj(this::hits).toList();
  }

  @Override
  public void add(int size, float[] predictions, float[] labels) {
    add(predictions, labels, i -> 1);
  }

  @Override
  public void addWeighted(int size, float[] predictions, float[] labels, long[] weights) {
    add(predictions, labels, from -> rowWeight(labels, weights, from));
  }

  /** The weight of a row: that of its labels, of which those that are missing weigh nothing. */
  private long rowWeight(float[] labels, long[] weights, int from) {
    long weight = 0;
    for (int k = from; k < from + numLabels; k++) {
      weight = Float.isNaN(labels[k]) ? weight : weights[k];
    }
    return weight;
  }

  private void add(float[] predictions, float[] labels, IntToLongFunction weight) {
    require(
        predictions.length == labels.length && labels.length % numLabels == 0,
        "%d predictions and %d answers for rows of %d labels",
        predictions.length,
        labels.length,
        numLabels);
    for (int from = 0; from < labels.length; from += numLabels) {
      addRow(predictions, labels, from, weight.applyAsLong(from));
    }
  }

  private void addRow(float[] predictions, float[] labels, int from, long weight) {
    int numPresent = 0;
    int numRight = 0;
    for (int k = 0; k < numLabels; k++) {
      float label = labels[from + k];
      if (Float.isNaN(label)) {
        continue;
      }
      boolean isYes = label > threshold;
      boolean saysYes = predictions[from + k] > threshold;
      long[] counts =
          isYes
              ? (saysYes ? truePositives : falseNegatives)
              : (saysYes ? falsePositives : trueNegatives);
      counts[k] += weight;
      numPresent++;
      numRight += isYes == saysYes ? 1 : 0;
    }
    rows[0] += numPresent > 0 ? weight : 0;
    rows[1] += numPresent > 0 && numRight == numPresent ? weight : 0;
  }

  @Override
  public String kind() {
    return "multiLabel";
  }

  @Override
  public boolean isBetterHigher(String name) {
    return !name.equals("hammingLoss");
  }

  @Override
  public void merge(Metrics other) {
    require(
        other instanceof MultiLabel that && that.numLabels == numLabels,
        "cannot merge with the counts of another kind of output");
    MultiLabel that = (MultiLabel) other;
    for (int i = 0; i < counts().size(); i++) {
      long[] mine = counts().get(i);
      long[] theirs = that.counts().get(i);
      for (int k = 0; k < mine.length; k++) {
        mine[k] += theirs[k];
      }
    }
  }

  @Override
  public List<String> names() {
    return List.of(
        "accuracy",
        "hammingLoss",
        "macroPrecision",
        "macroRecall",
        "macroF1",
        "microPrecision",
        "microRecall",
        "microF1",
        "weightedPrecision",
        "weightedRecall",
        "weightedF1");
  }

  @Override
  public Map<String, Double> values() {
    Map<String, Double> values = new LinkedHashMap<>();
    if (rows[0] == 0) {
      return values;
    }
    long right = sum(truePositives) + sum(trueNegatives);
    long wrong = sum(falsePositives) + sum(falseNegatives);
    values.put("accuracy", (double) rows[1] / rows[0]);
    values.put("hammingLoss", (double) wrong / (right + wrong));
    Averages.macro(hits()).putInto(values, "macro");
    Averages.micro(hits()).putInto(values, "micro");
    Averages.weighted(hits()).putInto(values, "weighted");
    return values;
  }

  private static long sum(long[] counts) {
    long sum = 0;
    for (long count : counts) {
      sum += count;
    }
    return sum;
  }

  private List<long[]> counts() {
    return List.of(truePositives, falsePositives, falseNegatives, trueNegatives, rows);
  }

  @Override
  public void write(DataOutputStream out) throws IOException {
    MetricBytes.writeCount(out, numLabels);
    out.writeFloat(threshold);
    for (long[] counts : counts()) {
      MetricBytes.writeCounts(out, counts);
    }
  }

  static MultiLabel read(DataInputStream in) throws IOException {
    MultiLabel metrics = new MultiLabel((int) MetricBytes.readCount(in), in.readFloat());
    for (long[] counts : metrics.counts()) {
      MetricBytes.readCounts(in, counts);
    }
    return metrics;
  }
}
