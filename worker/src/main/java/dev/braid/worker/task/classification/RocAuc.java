package dev.braid.worker.task.classification;

import dev.braid.worker.metric.MetricBytes;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;

/**
 * Area under the receiver operating characteristic of two classes: the probability that an example
 * of the positive class is given a larger value than one of the negative class, equal values
 * counting half (Hanley and McNeil 1982); labels that weigh count by their weights. Every value is
 * kept, with its weight where not all are 1, and those of one class are summed in their order, so
 * that the area does not depend on where they came from.
 */
final class RocAuc {
  private final Values positives = new Values();
  private final Values negatives = new Values();

  void add(float value, boolean isPositive, long weight) {
    if (weight > 0) {
      (isPositive ? positives : negatives).add(value, weight);
    }
  }

  void merge(RocAuc other) {
    positives.addAll(other.positives);
    negatives.addAll(other.negatives);
  }

  /** Puts the area into {@code values} if both classes have been seen. */
  void putInto(Map<String, Double> values) {
    if (positives.size > 0 && negatives.size > 0) {
      positives.sort();
      negatives.sort();
      values.put("rocAuc", area(positives, negatives));
    }
  }

  /** Of sorted values. */
  private static double area(Values positives, Values negatives) {
    double halfPairs = 0;
    int below = 0;
    int notAbove = 0;
    long weightBelow = 0;
    long weightNotAbove = 0;
    for (int i = 0; i < positives.size; i++) {
      float positive = positives.values[i];
      while (below < negatives.size && negatives.values[below] < positive) {
        weightBelow += negatives.weight(below++);
      }
      while (notAbove < negatives.size && negatives.values[notAbove] <= positive) {
        weightNotAbove += negatives.weight(notAbove++);
      }
      halfPairs += (double) positives.weight(i) * (weightBelow + weightNotAbove);
    }
    return halfPairs / (2.0 * positives.weight() * negatives.weight());
  }

  void write(DataOutputStream out) throws IOException {
    positives.write(out);
    negatives.write(out);
  }

  void read(DataInputStream in) throws IOException {
    positives.read(in);
    negatives.read(in);
  }

  /** Writes the weights of what {@link #write} has written, where there are any. */
  void writeWeights(DataOutputStream out) throws IOException {
    if (positives.weights != null || negatives.weights != null) {
      positives.writeWeights(out);
      negatives.writeWeights(out);
    }
  }

  void readWeights(DataInputStream in) throws IOException {
    positives.readWeights(in);
    negatives.readWeights(in);
  }

  /** Arrays that grow: values, and their weights where one of them is not 1. */
  private static final class Values {
    private float[] values = new float[16];
    private long[] weights;
    private int size;

    void add(float value, long weight) {
      reserve(1);
      if (weight != 1 && weights == null) {
        weights = new long[values.length];
        Arrays.fill(weights, 0, size, 1);
      }
      if (weights != null) {
        weights[size] = weight;
      }
      values[size++] = value;
    }

    void addAll(Values other) {
      for (int i = 0; i < other.size; i++) {
        add(other.values[i], other.weight(i));
      }
    }

    long weight(int i) {
      return weights == null ? 1 : weights[i];
    }

    /** Of all. */
    double weight() {
      double sum = 0;
      for (int i = 0; i < size; i++) {
        sum += weight(i);
      }
      return sum;
    }

    /** Puts values into ascending order, equal ones in that of their weights. */
    void sort() {
      if (weights == null) {
        Arrays.sort(values, 0, size);
        return;
      }
      Integer[] order = new Integer[size];
      Arrays.setAll(order, i -> i);
      Arrays.sort(
          order,
          (a, b) -> {
            int byValue = Float.compare(values[a], values[b]);
            return byValue == 0 ? Long.compare(weights[a], weights[b]) : byValue;
          });
      float[] sorted = new float[size];
      long[] theirs = new long[size];
      for (int i = 0; i < size; i++) {
        sorted[i] = values[order[i]];
        theirs[i] = weights[order[i]];
      }
      values = sorted;
      weights = theirs;
    }

    void write(DataOutputStream out) throws IOException {
      sort();
      MetricBytes.writeCount(out, size);
      for (int i = 0; i < size; i++) {
        out.writeFloat(values[i]);
      }
    }

    void writeWeights(DataOutputStream out) throws IOException {
      for (int i = 0; i < size; i++) {
        MetricBytes.writeCount(out, weight(i));
      }
    }

    void read(DataInputStream in) throws IOException {
      long count = MetricBytes.readCount(in);
      for (long i = 0; i < count; i++) {
        add(in.readFloat(), 1);
      }
    }

    void readWeights(DataInputStream in) throws IOException {
      weights = new long[values.length];
      for (int i = 0; i < size; i++) {
        weights[i] = MetricBytes.readCount(in);
      }
    }

    private void reserve(int more) {
      int needed = Math.addExact(size, more);
      if (needed > values.length) {
        int grown = (int) Math.max(needed, Math.min(2L * size, 1L << 30));
        values = Arrays.copyOf(values, grown);
        weights = weights == null ? null : Arrays.copyOf(weights, grown);
      }
    }
  }
}
