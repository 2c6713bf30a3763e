package dev.braid.driver.source;

import java.util.function.LongSupplier;

/**
 * A row that can be scored.
 *
 * @param input its numbers, as a model reads them
 * @param kept values of the columns that go into the output
 * @param label what is right; null where that is not known
 */
@SuppressWarnings("ArrayRecordComponent") // on its way through a task; nobody compares them
public record Item(float[] input, Object[] kept, String label) {

  /**
   * A row that can be scored, at its place.
   *
   * @param row its number in the file, from 1; looked up only when asked for
   */
  static Placed<Item> sound(
      String file, LongSupplier row, float[] input, Object[] kept, String label) {
    return Placed.sound(file, row, new Item(input, kept, label));
  }

  /** A row that cannot, and the reason. */
  static Placed<Item> broken(String file, LongSupplier row, String problem) {
    return Placed.broken(file, row, problem);
  }
}
