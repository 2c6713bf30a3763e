package dev.braid.driver.embedding.queries;

import static dev.braid.worker.Check.require;

import dev.braid.driver.embedding.vectors.VectorBlock;
import dev.braid.driver.embedding.vectors.WordVectors;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The first words of a table with their vectors, on the driver.
 *
 * @param words most frequent first
 * @param vectors [words, dimension]
 * @param dimension of each
 */
@SuppressWarnings("ArrayRecordComponent") // read only
public record FrequentWords(List<String> words, float[] vectors, int dimension) {

  /**
   * Takes them.
   *
   * @param max how many at most
   */
  public static FrequentWords of(WordVectors table, int max) {
    require(max >= 1, "the number of words must be at least 1, got %d", max);
    int dimension = table.dimension();
    int numWords = (int) Math.min(max, table.numWords());
    List<VectorBlock> blocks =
        table
            .blocks()
            .filter(bytes -> VectorBlock.fromBytes(bytes).first() < numWords)
            .collect()
            .stream()
            .map(VectorBlock::fromBytes)
            .sorted(Comparator.comparingInt(VectorBlock::first))
            .toList();
    String[] words = new String[numWords];
    float[] vectors = new float[Math.multiplyExact(numWords, dimension)];
    for (VectorBlock block : blocks) {
      int size = Math.min(block.words().length, numWords - block.first());
      System.arraycopy(block.words(), 0, words, block.first(), size);
      System.arraycopy(block.vectors(), 0, vectors, block.first() * dimension, size * dimension);
    }
    return new FrequentWords(Arrays.asList(words), vectors, dimension);
  }
}
