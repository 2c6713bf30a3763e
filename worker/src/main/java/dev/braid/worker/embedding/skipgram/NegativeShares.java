package dev.braid.worker.embedding.skipgram;

import dev.braid.worker.embedding.AliasTable;
import dev.braid.worker.embedding.RowBlock;
import dev.braid.worker.random.SplitMix;

/**
 * How many of a task's negatives fall to each block of words: the first half of drawing by
 * count^0.75 from a table too large for one machine; {@link RowBlock#select} does the second.
 */
public final class NegativeShares {
  private final int numBlocks;
  private final AliasTable table;

  /**
   * @param weights of the blocks, see {@link RowBlock#negativeWeight}
   */
  public NegativeShares(double[] weights) {
    numBlocks = weights.length;
    table = new AliasTable(weights);
  }

  /** Negatives per block, {@code size} in all. */
  public int[] draw(int size, long key) {
    int[] shares = new int[numBlocks];
    SplitMix random = SplitMix.stream(key);
    for (int i = 0; i < size; i++) {
      shares[table.next(random)]++;
    }
    return shares;
  }
}
