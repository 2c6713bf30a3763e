package dev.braid.worker.encoding;

/** Collects the numbers of one example's input; those that are too many are only counted. */
final class RawNumbers {
  private final float[] values;
  private final int from;
  private final int end;
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

  void add(float number) {
    int at = from + count++;
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
