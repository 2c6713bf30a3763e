package dev.braid.driver.source;

/**
 * Makes rows of bytes of the elements of one partition, one after another, in their order.
 *
 * @param <T> what a source reads: a line, a row of a table, a file
 */
interface Encoder<T> {

  /**
   * The example of an element, or null if it is none: a header, a blank line.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  byte[] encode(T element);

  /** The file and, where it is known, the row of an element, for messages. */
  String place(T element);
}
