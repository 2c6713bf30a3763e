package dev.braid.worker.data;

import dev.braid.worker.random.SplitMix;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Orders of sequences in which those of near lengths come together, so that mini-batches pad
 * little. The order of a shard without sequences stays as it is.
 */
public final class Buckets {
  /** Mini-batches in a window, within which examples are sorted. */
  private static final int WINDOW = 64;

  private Buckets() {}

  /**
   * A random order in buckets: cut into windows, each of them sorted by length, then the
   * mini-batches in another random order; one that is smaller than the others stays the last.
   *
   * @param drawn a random order of all examples of the shard; changed in place
   * @param key of the mini-batches' order
   */
  public static int[] order(Shard shard, int[] drawn, int batchSize, long key) {
    if (!shard.isRagged()) {
      return drawn;
    }
    int window = Math.multiplyExact(WINDOW, batchSize);
    for (int from = 0; from < drawn.length; from += window) {
      int to = Math.min(drawn.length, from + window);
      int[] sorted = byLength(shard, Arrays.stream(drawn, from, to));
      System.arraycopy(sorted, 0, drawn, from, sorted.length);
    }
    int[] order = drawn.clone();
    int[] miniBatches = SplitMix.permutation(drawn.length / batchSize, key);
    for (int i = 0; i < miniBatches.length; i++) {
      System.arraycopy(drawn, miniBatches[i] * batchSize, order, i * batchSize, batchSize);
    }
    return order;
  }

  /** All examples of a shard, from the shortest to the longest. */
  static int[] byLength(Shard shard) {
    IntStream all = IntStream.range(0, shard.size());
    return shard.isRagged() ? byLength(shard, all) : all.toArray();
  }

  /** The examples sorted by their lengths; those of equal length stay in their order. */
  private static int[] byLength(Shard shard, IntStream examples) {
    return examples
        .boxed()
        .sorted(Comparator.comparingLong(shard::numSteps))
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
