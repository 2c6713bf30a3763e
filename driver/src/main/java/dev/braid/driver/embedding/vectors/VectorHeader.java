package dev.braid.driver.embedding.vectors;

import java.util.Optional;

/**
 * The first line of word2vec's formats.
 *
 * @param numWords rows that follow; 0 where no such line says so
 * @param dimension of each
 */
public record VectorHeader(int numWords, int dimension) {
  private static final int MAX_DIGITS = 9;

  /** The header in a line; empty if the line is none. */
  static Optional<VectorHeader> of(String line) {
    String[] parts = line.strip().split("[ \t]+", -1);
    return parts.length == 2 && isCount(parts[0]) && isCount(parts[1]) && !parts[1].equals("0")
        ? Optional.of(new VectorHeader(Integer.parseInt(parts[0]), Integer.parseInt(parts[1])))
        : Optional.empty();
  }

  private static boolean isCount(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_DIGITS
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
