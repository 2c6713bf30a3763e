package dev.braid.driver.exchange;

import dev.braid.driver.wire.Chunk;
import dev.braid.driver.wire.WireFormat;
import dev.braid.worker.state.State;
import dev.braid.worker.state.StateLayout;

/**
 * What the workers' versions of one chunk come to: the same whether the driver or an executor has
 * computed it.
 *
 * @param values their weighted mean, or with {@link WireFormat#BFLOAT16} the mean of their changes
 * @param sums how well they agree, see {@link WorkerDivergence}; empty but for parameters
 */
@SuppressWarnings("ArrayRecordComponent") // values in bulk: compared nowhere
public record ChunkMean(float[] values, double[] sums) {
  private static final double[] NONE = {};

  /**
   * Averages.
   *
   * @param workers per worker an array with the chunk's floats, or their changes, from {@code at}
   *     on
   * @param before what they began with; looked at for parameters only
   */
  public static ChunkMean of(
      Chunk chunk,
      float[][] workers,
      int at,
      long[] weights,
      StateLayout layout,
      float[] before,
      int beforeAt,
      WireFormat transfer) {
    float[] mean = new float[chunk.length()];
    WeightedMean.write(chunk, workers, at, weights, layout, mean, 0);
    if (chunk.vector() != Chunk.PARAMS) {
      return new ChunkMean(mean, NONE);
    }
    if (transfer == WireFormat.FLOAT32) {
      return new ChunkMean(
          mean, WorkerDivergence.sums(chunk, workers, at, before, beforeAt, mean, 0));
    }
    float[] after = new float[chunk.length()];
    for (int i = 0; i < after.length; i++) {
      after[i] = before[beforeAt + i] + mean[i];
    }
    float[] nothing = new float[chunk.length()];
    return new ChunkMean(mean, WorkerDivergence.sums(chunk, workers, at, nothing, 0, after, 0));
  }

  /** Moves the chunk of {@code state} to the mean. */
  public void applyTo(State state, Chunk chunk, WireFormat transfer) {
    if (transfer == WireFormat.FLOAT32 || chunk.vector() == Chunk.STATISTICS) {
      System.arraycopy(values, 0, chunk.array(state), chunk.at(), chunk.length());
    } else {
      WeightedMean.addInPlace(chunk, values, state);
    }
  }
}
