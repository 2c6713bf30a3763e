package dev.braid.worker.kernel;

import java.util.Arrays;

/**
 * Floats side by side in an array: a value of a network, its gradient, a tensor. It is bound anew
 * as memory is planned, so that a step makes no objects.
 */
public final class Floats {
  private float[] array = {};
  private int at;
  private int size;

  /** Lets it be {@code size} floats of {@code array} from {@code at} on. */
  public Floats bind(float[] array, int at, int size) {
    this.array = array;
    this.at = at;
    this.size = size;
    return this;
  }

  /** The array, which others have floats in too. */
  public float[] array() {
    return array;
  }

  /** Where in the array it begins. */
  public int at() {
    return at;
  }

  /** How many floats there are. */
  public int size() {
    return size;
  }

  /** Sets all to 0. */
  public void clear() {
    Arrays.fill(array, at, at + size, 0);
  }

  /** Copies {@code count} of them, from {@code from} on, into {@code target} at {@code to}. */
  public void copy(int from, Floats target, int to, int count) {
    System.arraycopy(array, at + from, target.array, target.at + to, count);
  }

  /** Adds {@code count} of them, from {@code from} on, to those of {@code sums} at {@code to}. */
  public void add(int from, Floats sums, int to, int count) {
    float[] numbers = array;
    float[] target = sums.array;
    int n = at + from;
    int s = sums.at + to;
    for (int i = 0; i < count; i++) {
      target[s + i] += numbers[n + i];
    }
  }
}
