package dev.braid.worker.embedding;

import static dev.braid.worker.Check.require;

import java.util.List;

/**
 * Words and their vectors, which cannot drift apart: word k has row k, and no word occurs twice.
 *
 * @param words in the order of their rows
 * @param vectors [words, dimension]
 * @param dimension length of a vector
 * @param numDuplicates rows of the file that were left out, as an earlier one has their word
 */
@SuppressWarnings("ArrayRecordComponent") // read, not compared
public record WordTable(List<String> words, float[] vectors, int dimension, int numDuplicates) {
  public WordTable {
    words = List.copyOf(words);
    require(
        (long) words.size() * dimension == vectors.length,
        "%d words of dimension %d cannot have %d numbers",
        words.size(),
        dimension,
        vectors.length);
  }
}
