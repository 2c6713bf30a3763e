package dev.braid.driver.embedding.vectors;

import static dev.braid.worker.Check.require;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Collects words and their vectors for one block. */
public final class VectorBlockBuilder {
  private final int first;
  private final int dimension;
  private final List<String> words = new ArrayList<>();
  private final List<Long> counts = new ArrayList<>();
  private float[] vectors;

  /**
   * @param first id of the first word
   */
  VectorBlockBuilder(int first, int dimension) {
    this.first = first;
    this.dimension = dimension;
    this.vectors = new float[64 * dimension];
  }

  int size() {
    return words.size();
  }

  /**
   * Adds the next word.
   *
   * @throws IllegalArgumentException if its vector has another length
   */
  void add(String word, long count, float[] vector) {
    require(
        vector.length == dimension,
        "the vector of the word '%s' has %d numbers instead of %d",
        word,
        vector.length,
        dimension);
    int at = words.size() * dimension;
    if (at == vectors.length) {
      vectors = Arrays.copyOf(vectors, 2 * vectors.length);
    }
    System.arraycopy(vector, 0, vectors, at, dimension);
    words.add(word);
    counts.add(count);
  }

  VectorBlock build() {
    return new VectorBlock(
        first,
        words.toArray(String[]::new),
        counts.stream().mapToLong(count -> count).toArray(),
        Arrays.copyOf(vectors, words.size() * dimension));
  }
}
