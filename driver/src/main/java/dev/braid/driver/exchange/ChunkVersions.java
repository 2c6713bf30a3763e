package dev.braid.driver.exchange;

import dev.braid.driver.wire.Chunk;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The workers' versions of one chunk of a state, in worker order.
 *
 * @param values per worker an array that holds the chunk's floats, or their changes, from {@code
 *     at} on
 * @param weights examples each was trained on, not negative
 */
@SuppressWarnings("ArrayRecordComponent") // values in bulk: compared nowhere
record ChunkVersions(Chunk chunk, float[][] values, int at, long[] weights) {

  /** Examples of all workers together. */
  long total() {
    return Arrays.stream(weights).sum();
  }

  /** The workers that were trained on any. */
  int[] trained() {
    return IntStream.range(0, weights.length).filter(w -> weights[w] > 0).toArray();
  }
}
