package dev.braid.worker.embedding;

import static dev.braid.worker.Check.require;

import dev.braid.worker.random.SplitMix;

/** Draws numbers 0 .. n-1 with given weights in constant time (Walker 1977; Vose 1991). */
public final class AliasTable {
  private final double[] threshold;
  private final int[] alias;

  /**
   * @param weights not negative, at least one above zero
   */
  public AliasTable(double[] weights) {
    int size = weights.length;
    double sum = 0;
    for (double weight : weights) {
      sum += weight;
    }
    require(sum > 0, "an alias table needs a weight above zero, got %d weights", size);
    threshold = new double[size];
    alias = new int[size];
    int[] waiting = new int[size];
    int numSmall = 0;
    int numLarge = 0;
    for (int i = 0; i < size; i++) {
      threshold[i] = weights[i] / sum * size;
      if (threshold[i] < 1) {
        waiting[numSmall++] = i;
      } else {
        waiting[size - ++numLarge] = i;
      }
    }
    while (numSmall > 0 && numLarge > 0) {
      int small = waiting[--numSmall];
      int large = waiting[size - numLarge];
      alias[small] = large;
      threshold[large] -= 1 - threshold[small];
      if (threshold[large] < 1) {
        numLarge--;
        waiting[numSmall++] = large;
      }
    }
    // What is left is 1 but for rounding.
    while (numSmall > 0) {
      threshold[waiting[--numSmall]] = 1;
    }
    while (numLarge > 0) {
      threshold[waiting[size - numLarge--]] = 1;
    }
  }

  /** The next number of this distribution. */
  public int next(SplitMix random) {
    int i = random.nextInt(alias.length);
    return random.nextDouble() < threshold[i] ? i : alias[i];
  }
}
