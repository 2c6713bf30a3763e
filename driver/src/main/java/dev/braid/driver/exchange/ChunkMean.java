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
   * @param before what the workers began with; looked at for parameters only
   */
  static ChunkMean of(
      ChunkVersions versions, StateLayout layout, float[] before, int beforeAt, WireFormat format) {
    float[] mean = new float[versions.chunk().length()];
    WeightedMean.write(versions, layout, mean, 0);
    if (versions.chunk().vector() != Chunk.PARAMS) {
      return new ChunkMean(mean, NONE);
    }
    if (format == WireFormat.FLOAT32) {
      return new ChunkMean(mean, WorkerDivergence.sums(versions, before, beforeAt, mean));
    }
    float[] after = new float[mean.length];
    for (int i = 0; i < after.length; i++) {
      after[i] = before[beforeAt + i] + mean[i];
    }
    return new ChunkMean(mean, WorkerDivergence.sums(versions, new float[mean.length], 0, after));
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
