package dev.braid.worker.task.classification;

import static dev.braid.worker.Check.require;

import dev.braid.worker.metric.Averages;
import dev.braid.worker.metric.Hits;
import dev.braid.worker.metric.MetricBytes;
import dev.braid.worker.metric.Metrics;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

/**
 * One of several classes per label. A label belongs to an example, to a time step of a sequence or
 * to a pixel of an image; every one counts. The answer is the class with the largest number, the
 * first of equal ones; where an output gives only one number for two classes, numbers and labels
 * above a threshold mean class 1. With two classes the number for class 1 also gives ROC-AUC.
 */
public final class Classification implements Metrics {
  private final int numClasses;
  private final int numUnits;
  private final int inner;
  private final float threshold;
  private final long[] confusion;
  private final int[] topK;
  private final long[] topHits;
  private final RocAuc rocAuc = new RocAuc();

  private Classification(int numClasses, int numUnits, int inner, float threshold, int... topK) {
    require(numClasses > 1, "classification needs at least 2 classes, got %d", numClasses);
    this.numClasses = numClasses;
    this.numUnits = numUnits;
    this.inner = inner;
    this.threshold = threshold;
    this.topK = topK;
    this.topHits = new long[topK.length];
    this.confusion = new long[Math.multiplyExact(numClasses, numClasses)];
  }

  /**
   * Counts for outputs with a number per class.
   *
   * @param inner how many labels' numbers for one class stand side by side: 1, or height x width of
   *     an image [classes, height, width]
   * @param topK counts how often the right class is among so many of the largest numbers
   */
  public static Classification ofLargest(int numClasses, int inner, int... topK) {
    return new Classification(numClasses, numClasses, inner, Float.NaN, topK);
  }

  /** Counts for outputs with one number for two classes. */
  public static Classification ofTwo(float threshold) {
    return new Classification(2, 1, 1, threshold);
  }

  /** Number of classes. */
  public int numClasses() {
    return numClasses;
  }

  /** How many examples of class {@code actual} were taken for class {@code predicted}. */
  public long count(int actual, int predicted) {
    return confusion[actual * numClasses + predicted];
  }

  /** How often a class was found, wrongly seen and missed. */
  public Hits hits(int k) {
    long truePositives = count(k, k);
    long asThis = IntStream.range(0, numClasses).mapToLong(actual -> count(actual, k)).sum();
    long ofThis = IntStream.range(0, numClasses).mapToLong(predicted -> count(k, predicted)).sum();
    return new Hits(truePositives, asThis - truePositives, ofThis - truePositives);
  }

  /** {@link #hits} of all classes. */
  public List<Hits> hits() {
    return IntStream.range(0, numClasses).mapToObj(this::hits).toList();
  }

  /** Number of labels compared. */
  public long numLabels() {
    return IntStream.range(0, confusion.length).mapToLong(i -> confusion[i]).sum();
  }

  /** Share of the labels that were predicted right. */
  public double accuracy() {
    long right = IntStream.range(0, numClasses).mapToLong(k -> count(k, k)).sum();
    return (double) right / numLabels();
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
        predictions.length == (long) labels.length * numUnits,
        "%d predictions for %d labels of %d classes",
        predictions.length,
        labels.length,
        numClasses);
    for (int i = 0; i < labels.length; i++) {
      if (!Float.isNaN(labels[i])) {
        int offset = i / inner * inner * numUnits + i % inner;
        add(predictions, offset, labels[i], weight.applyAsLong(i));
      }
    }
  }

  /** One label, whose predictions begin at {@code offset}. */
  private void add(float[] predictions, int offset, float label, long weight) {
    int actual = actual(label);
    confusion[actual * numClasses + predictedAt(predictions, offset)] += weight;
    if (topK.length > 0) {
      int rank = rank(predictions, offset, actual);
      for (int i = 0; i < topK.length; i++) {
        topHits[i] += rank < topK[i] ? weight : 0;
      }
    }
    if (numClasses == 2) {
      rocAuc.add(predictions[offset + (numUnits - 1) * inner], actual == 1, weight);
    }
  }

  /** The class that an example's numbers say. */
  public int predicted(float[] predictions) {
    return predictedAt(predictions, 0);
  }

  /** How sure an example's numbers are of that class: its probability, mostly. */
  private float confidence(float[] predictions) {
    int predicted = predicted(predictions);
    float number = predictions[numUnits == 1 ? 0 : predicted];
    return numUnits == 1 && predicted == 0 ? 2 * threshold - number : number;
  }

  /** How many classes come before one, of equal numbers the first ones; all where it is NaN. */
  private int rank(float[] predictions, int offset, int k) {
    float own = predictions[offset + k * inner];
    int before = 0;
    for (int other = 0; other < numUnits; other++) {
      float number = predictions[offset + other * inner];
      before += number > own || (number == own && other < k) || Float.isNaN(own) ? 1 : 0;
    }
    return before;
  }

  /** The class that a label says. */
  public int actual(float label) {
    if (numUnits == 1) {
      return label > threshold ? 1 : 0;
    }
    int actual = (int) label;
    require(
        actual == label && actual >= 0 && actual < numClasses,
        "label %s is none of the %d classes, 0 to %d",
        label,
        numClasses,
        numClasses - 1);
    return actual;
  }

  private int predictedAt(float[] predictions, int offset) {
    if (numUnits == 1) {
      return predictions[offset] > threshold ? 1 : 0;
    }
    int best = 0;
    for (int k = 1; k < numUnits; k++) {
      if (predictions[offset + k * inner] > predictions[offset + best * inner]) {
        best = k;
      }
    }
    return best;
  }

  @Override
  public String kind() {
    return "classification";
  }

  @Override
  public boolean isBetterHigher(String name) {
    return true;
  }

  @Override
  public float mistake(float[] predictions, float[] labels) {
    boolean single = labels.length == 1 && inner == 1 && !Float.isNaN(labels[0]);
    boolean wrong = single && predicted(predictions) != actual(labels[0]);
    return wrong ? confidence(predictions) : Float.NaN;
  }

  @Override
  public void merge(Metrics other) {
    require(
        other instanceof Classification that && that.numClasses == numClasses,
        "cannot merge with the counts of another kind of output");
    Classification that = (Classification) other;
    for (int i = 0; i < confusion.length; i++) {
      confusion[i] += that.confusion[i];
    }
    for (int i = 0; i < Math.min(topHits.length, that.topHits.length); i++) {
      topHits[i] += that.topHits[i];
    }
    rocAuc.merge(that.rocAuc);
  }

  @Override
  public List<String> names() {
    List<String> names = new ArrayList<>(List.of("accuracy"));
    for (int k : topK) {
      names.add(topName(k));
    }
    names.addAll(
        List.of(
            "macroPrecision",
            "macroRecall",
            "macroF1",
            "weightedPrecision",
            "weightedRecall",
            "weightedF1"));
    if (numClasses == 2) {
      names.add("rocAuc");
    }
    return names;
  }

  private static String topName(int k) {
    return "top" + k + "Accuracy";
  }

  @Override
  public Map<String, Double> values() {
    Map<String, Double> values = new LinkedHashMap<>();
    if (numLabels() == 0) {
      return values;
    }
    values.put("accuracy", accuracy());
    for (int i = 0; i < topK.length; i++) {
      values.put(topName(topK[i]), (double) topHits[i] / numLabels());
    }
    Averages.macro(hits()).putInto(values, "macro");
    Averages.weighted(hits()).putInto(values, "weighted");
    rocAuc.putInto(values);
    return values;
  }

  @Override
  public void write(DataOutputStream out) throws IOException {
    MetricBytes.writeCount(out, numClasses);
    MetricBytes.writeCount(out, numUnits);
    MetricBytes.writeCount(out, inner);
    out.writeFloat(threshold);
    MetricBytes.writeCounts(out, confusion);
    rocAuc.write(out);
    MetricBytes.writeCount(out, topK.length);
    for (int k : topK) {
      MetricBytes.writeCount(out, k);
    }
    MetricBytes.writeCounts(out, topHits);
    rocAuc.writeWeights(out);
  }

  static Classification read(DataInputStream in) throws IOException {
    Classification metrics =
        new Classification(
            (int) MetricBytes.readCount(in),
            (int) MetricBytes.readCount(in),
            (int) MetricBytes.readCount(in),
            in.readFloat());
    MetricBytes.readCounts(in, metrics.confusion);
    metrics.rocAuc.read(in);
    if (in.available() == 0) {
      return metrics; // written before there was a top k
    }
    int[] topK = new int[(int) MetricBytes.readCount(in)];
    for (int i = 0; i < topK.length; i++) {
      topK[i] = (int) MetricBytes.readCount(in);
    }
    Classification all = topK.length == 0 ? metrics : metrics.withTop(topK, in);
    if (in.available() > 0) {
      all.rocAuc.readWeights(in); // of labels that weigh
    }
    return all;
  }

  private Classification withTop(int[] counted, DataInputStream in) throws IOException {
    Classification all = new Classification(numClasses, numUnits, inner, threshold, counted);
    MetricBytes.readCounts(in, all.topHits);
    all.merge(this);
    return all;
  }
}
