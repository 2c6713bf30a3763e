package dev.braid.worker.encoding;

import java.util.Arrays;

/**
 * Collects the numbers of one example's input: so many, of which those that are too many are only
 * counted, or as many as come.
 */
final class RawNumbers {
  private static final int FIRST_SIZE = 64;

  private final int from;
  private final int end;
  private float[] values;
  private int count;

  /**
   * @param values where they go
   * @param from place of the first
   * @param size how many there should be
   */
  RawNumbers(float[] values, int from, int size) {
    this.values = values;
    this.from = from;
    this.end = from + size;
  }

  /** For as many as come. */
  RawNumbers() {
    this.values = new float[FIRST_SIZE];
    this.from = 0;
    this.end = Integer.MAX_VALUE;
  }

  void addAll(float[] numbers) {
    for (float number : numbers) {
      add(number);
    }
  }

  /** All that were added, where as many came as there were. */
  float[] toArray() {
    return Arrays.copyOf(values, count);
  }

  void add(float number) {
    int at = from + count++;
    if (at >= values.length && end == Integer.MAX_VALUE) {
      values = Arrays.copyOf(values, 2 * values.length);
    }
    if (at < end) {
      values[at] = number;
    }
  }

  /** Adds {@code times} missing numbers. */
  void addMissing(int times) {
    for (int i = 0; i < times; i++) {
      add(Float.NaN);
    }
  }

  /** How many were added. */
  int count() {
    return count;
  }

  int size() {
    return end - from;
  }

  float get(int i) {
    return values[from + i];
  }
}
