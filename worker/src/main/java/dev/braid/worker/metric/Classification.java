package dev.braid.worker.metric;

import static dev.braid.worker.Check.require;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * One of several classes per row, the one with the largest value (the first of equal ones). The
 * rows of a sequence output are its time steps, and every one counts. With two classes the value of
 * class 1 also gives ROC-AUC.
 */
public final class Classification implements Metrics {
  private final int numClasses;
  private final long[] confusion;
  private final RocAuc rocAuc = new RocAuc();

  Classification(int numClasses) {
    require(numClasses > 1, "classification needs at least 2 classes, got %d", numClasses);
    this.numClasses = numClasses;
    this.confusion = new long[Math.multiplyExact(numClasses, numClasses)];
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

  /** Number of rows compared with their labels. */
  public long numRows() {
    return IntStream.range(0, confusion.length).mapToLong(i -> confusion[i]).sum();
  }

  /** Share of the labels that were predicted right. */
  public double accuracy() {
    long right = IntStream.range(0, numClasses).mapToLong(k -> count(k, k)).sum();
    return (double) right / numRows();
  }

  @Override
  public void add(float[] predictions, float[] labels) {
    require(
        predictions.length == (long) labels.length * numClasses,
        "%d predictions of %d classes for %d labels",
        predictions.length,
        numClasses,
        labels.length);
    for (int row = 0; row < labels.length; row++) {
      if (Float.isNaN(labels[row])) {
        continue;
      }
      int label = (int) labels[row];
      require(
          label == labels[row] && label >= 0 && label < numClasses,
          "label %s is none of the %d classes, 0 to %d",
          labels[row],
          numClasses,
          numClasses - 1);
      int offset = row * numClasses;
      confusion[label * numClasses + largest(predictions, offset)]++;
      if (numClasses == 2) {
        rocAuc.add(predictions[offset + 1], label == 1);
      }
    }
  }

  private int largest(float[] predictions, int offset) {
    int best = 0;
    for (int k = 1; k < numClasses; k++) {
      if (predictions[offset + k] > predictions[offset + best]) {
        best = k;
      }
    }
    return best;
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
    rocAuc.merge(that.rocAuc);
  }

  @Override
  public List<String> names() {
    List<String> names =
        List.of(
            "accuracy",
            "macroPrecision",
            "macroRecall",
            "macroF1",
            "weightedPrecision",
            "weightedRecall",
            "weightedF1",
            "rocAuc");
    return numClasses == 2 ? names : names.subList(0, names.size() - 1);
  }

  @Override
  public Map<String, Double> values() {
    Map<String, Double> values = new LinkedHashMap<>();
    if (numRows() == 0) {
      return values;
    }
    values.put("accuracy", accuracy());
    Averages.macro(hits()).putInto(values, "macro");
    Averages.weighted(hits()).putInto(values, "weighted");
    rocAuc.putInto(values);
    return values;
  }

  @Override
  public void write(DataOutputStream out) throws IOException {
    Format.writeCount(out, numClasses);
    Format.writeCounts(out, confusion);
    rocAuc.write(out);
  }

  static Classification read(DataInputStream in) throws IOException {
    Classification metrics = new Classification((int) Format.readCount(in));
    Format.readCounts(in, metrics.confusion);
    metrics.rocAuc.read(in);
    return metrics;
  }
}
