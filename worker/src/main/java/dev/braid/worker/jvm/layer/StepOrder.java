package dev.braid.worker.jvm.layer;

import java.util.Arrays;

/**
 * The steps of a mini-batch's sequences in the order in which recurrent layers take them: step by
 * step, at each those of the examples that have it, the longest example first. So padding is never
 * computed, and the examples of a step are the first of those of the step before.
 */
final class StepOrder {
  private int size;
  private int time;
  private int[] examples = {};
  private int[] lengths = {};
  private int[] firsts = {};
  private int numSteps;

  /**
   * Takes over a mini-batch's lengths.
   *
   * @param steps of each example; null where all have {@code time}
   */
  void arrange(int[] steps, int size, int time) {
    this.size = size;
    this.time = time;
    if (examples.length < size) {
      examples = new int[size];
      lengths = new int[size];
    }
    if (firsts.length < time + 2) {
      firsts = new int[time + 2];
    }
    if (steps == null) {
      sameLengths();
    } else {
      longestFirst(steps);
    }
    for (int step = 0, active = size; step < numSteps; step++) {
      while (lengths[active - 1] <= step) {
        active--;
      }
      firsts[step + 1] = firsts[step] + active;
    }
  }

  private void sameLengths() {
    numSteps = time;
    for (int rank = 0; rank < size; rank++) {
      examples[rank] = rank;
      lengths[rank] = time;
    }
  }

  /** By counting: examples of one length stay in their order. */
  private void longestFirst(int[] steps) {
    int[] places = firsts; // of each length's first example, until the steps are counted
    Arrays.fill(places, 0, time + 2, 0);
    numSteps = 0;
    for (int i = 0; i < size; i++) {
      places[steps[i]]++;
      numSteps = Math.max(numSteps, steps[i]);
    }
    for (int length = time, next = 0; length >= 0; length--) {
      int count = places[length];
      places[length] = next;
      next += count;
    }
    for (int i = 0; i < size; i++) {
      int rank = places[steps[i]]++;
      examples[rank] = i;
      lengths[rank] = steps[i];
    }
    firsts[0] = 0;
  }

  /** Steps of the longest example. */
  int numSteps() {
    return numSteps;
  }

  /** The first row of a step, where those of all steps lie one after another; of no step: all. */
  int first(int step) {
    return firsts[step];
  }

  /** How many examples have a step. */
  int active(int step) {
    return step < numSteps ? firsts[step + 1] - firsts[step] : 0;
  }

  /** The example at this place of each of its steps. */
  int example(int rank) {
    return examples[rank];
  }

  /** The steps of the example at this place. */
  int length(int rank) {
    return lengths[rank];
  }

  /**
   * Where a step's vector is among those of the padded sequences, [size, time].
   *
   * @param reversed whether sequences are read from their ends
   */
  int place(int step, int rank, boolean reversed) {
    return examples[rank] * time + (reversed ? lengths[rank] - 1 - step : step);
  }
}
