package dev.braid.worker.layer;

import dev.braid.worker.WrongSettings;

/** The numbers that a layer reads as indices. */
public final class Indices {
  private Indices() {}

  /**
   * Does nothing where all of the numbers are indices.
   *
   * @param layer its name
   * @param size how many indices there are, from 0 on
   * @param from the first number to look at
   * @param to the one after the last
   * @throws IllegalArgumentException naming the first that is none
   */
  public static void require(String layer, int size, float[] numbers, int from, int to) {
    for (int i = from; i < to; i++) {
      float number = numbers[i];
      if (!(number >= 0 && number < size && number == (int) number)) {
        throw new WrongSettings(
            "layer '%s' has vectors for the indices 0 to %d, but its input has %s"
                .formatted(layer, size - 1, number));
      }
    }
  }
}
