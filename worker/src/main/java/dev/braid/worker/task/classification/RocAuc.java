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
 * counting half (Hanley and McNeil 1982). Exact: every value is kept, four bytes each, and pairs
 * are counted in whole numbers.
 */
final class RocAuc {
  private final Values positives = new Values();
  private final Values negatives = new Values();

  void add(float value, boolean isPositive) {
    (isPositive ? positives : negatives).add(value);
  }

  void merge(RocAuc other) {
    positives.addAll(other.positives);
    negatives.addAll(other.negatives);
  }

  /** Puts the area into {@code values} if both classes have been seen. */
  void putInto(Map<String, Double> values) {
    if (positives.size > 0 && negatives.size > 0) {
      values.put("rocAuc", area(positives.sorted(), negatives.sorted()));
    }
  }

  private static double area(float[] positives, float[] negatives) {
    long halfPairs = 0;
    int below = 0;
    int notAbove = 0;
    for (float positive : positives) {
      while (below < negatives.length && negatives[below] < positive) {
        below++;
      }
      while (notAbove < negatives.length && negatives[notAbove] <= positive) {
        notAbove++;
      }
      halfPairs += below + notAbove;
    }
    return halfPairs / (2.0 * positives.length * negatives.length);
  }

  void write(DataOutputStream out) throws IOException {
    positives.write(out);
    negatives.write(out);
  }

  void read(DataInputStream in) throws IOException {
    positives.read(in);
    negatives.read(in);
  }

  /** An array that grows. */
  private static final class Values {
    private float[] values = new float[16];
    private int size;

    void add(float value) {
      reserve(1);
      values[size++] = value;
    }

    void addAll(Values other) {
      reserve(other.size);
      System.arraycopy(other.values, 0, values, size, other.size);
      size += other.size;
    }

    float[] sorted() {
      float[] sorted = Arrays.copyOf(values, size);
      Arrays.sort(sorted);
      return sorted;
    }

    void write(DataOutputStream out) throws IOException {
      MetricBytes.writeCount(out, size);
      for (float value : sorted()) {
        out.writeFloat(value);
      }
    }

    void read(DataInputStream in) throws IOException {
      long count = MetricBytes.readCount(in);
      for (long i = 0; i < count; i++) {
        add(in.readFloat());
      }
    }

    private void reserve(int more) {
      int needed = Math.addExact(size, more);
      if (needed > values.length) {
        values = Arrays.copyOf(values, (int) Math.max(needed, Math.min(2L * size, 1L << 30)));
      }
    }
  }
}
