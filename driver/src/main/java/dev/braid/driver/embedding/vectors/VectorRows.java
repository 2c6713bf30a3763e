package dev.braid.driver.embedding.vectors;

import java.io.IOException;

/** The rows of a file of vectors, one after the other, duplicates included. */
public interface VectorRows {
  /**
   * What the first line of the file says: the length of every vector, and how many rows there are;
   * 0 rows where it has no such line.
   */
  VectorHeader header();

  /**
   * The next word, whose vector goes into {@code vector}; null after the last.
   *
   * @throws IllegalArgumentException if the file is broken here; says where
   */
  String next(float[] vector) throws IOException;

  /** Where the next row begins, for messages. */
  String place();
}
