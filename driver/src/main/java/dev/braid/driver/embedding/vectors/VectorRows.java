package dev.braid.driver.embedding.vectors;

import java.io.IOException;

/** The rows of a file of vectors, one after the other, duplicates included. */
public interface VectorRows {
  /** Length of every vector. */
  int dimension();

  /**
   * The next word, whose vector goes into {@code vector}; null after the last.
   *
   * @throws IllegalArgumentException if the file is broken here; says where
   */
  String next(float[] vector) throws IOException;

  /** Rows the file's first line speaks of; 0 where it has no such line. */
  long declared();

  /** Where the next row begins, for messages. */
  String place();
}
