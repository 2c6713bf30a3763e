package dev.braid.driver.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.driver.wire.Chunk;
import dev.braid.driver.wire.WireFormat;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.State;
import dev.braid.worker.state.StateLayout;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkerDivergenceTest {
  private static final StateLayout LAYOUT = new StateLayout(List.of(), List.of());

  /** The divergence of workers that began with {@code before}, summed in chunks of this size. */
  private static WorkerDivergence divergence(
      float[] before, long[] weights, int chunkSize, float[]... after) {
    State like = new State(Blocks.copyOf(before), List.of(), Blocks.zeros(0));
    WorkerDivergence divergence = new WorkerDivergence(after.length);
    for (Chunk chunk : Chunk.of(like, chunkSize)) {
      ChunkMean mean =
          ChunkMean.of(
              new ChunkVersions(chunk, after, chunk.at(), weights),
              LAYOUT,
              before,
              chunk.at(),
              WireFormat.FLOAT32);
      divergence.add(mean.sums());
    }
    return divergence;
  }

  @Test
  void spread_isTheRelativeDistanceFromTheMean() {
    // Both are 1 away from (3, 4), whose length is 5.
    WorkerDivergence both =
        divergence(
            new float[] {0, 0}, new long[] {7, 7}, 1 << 18, new float[] {3, 3}, new float[] {3, 5});
    assertEquals(0.2, both.spread(new long[] {7, 7}), 1e-12);
  }

  @Test
  void spread_countsEachWorkerByItsExamples() {
    // The mean is 1; distances 1 (three times) and 3 (once): sqrt((3 + 9) / 4) = sqrt(3).
    long[] weights = {3, 1};
    WorkerDivergence both =
        divergence(new float[] {5}, weights, 1 << 18, new float[] {0}, new float[] {4});
    assertEquals(Math.sqrt(3), both.spread(weights), 1e-12);
  }

  @Test
  void cosine_isThatOfTheChanges() {
    // Changes (1, 0), (0, 2) and (-3, 0): cosines 0, -1 and 0.
    WorkerDivergence three =
        divergence(
            new float[] {1, 1},
            new long[] {1, 1, 1},
            1 << 18,
            new float[] {2, 1},
            new float[] {1, 3},
            new float[] {-2, 1});
    assertEquals(-1.0 / 3, three.cosine(), 1e-12);
  }

  @Test
  void oneWorker_agreesWithItself() {
    WorkerDivergence one =
        divergence(new float[] {1, 2}, new long[] {9}, 1 << 18, new float[] {5, 5});
    assertEquals(0, one.spread(new long[] {9}));
    assertEquals(1, one.cosine());
  }

  @Test
  void sums_areTheSameToTheBit_inChunksOfAnySize() {
    int size = 3 * (1 << 18) + 12_345;
    SplitMix random = SplitMix.stream(3);
    float[][] workers = new float[3][size];
    float[] before = new float[size];
    for (int i = 0; i < size; i++) {
      before[i] = (float) random.nextGaussian();
      for (float[] worker : workers) {
        worker[i] = before[i] + (float) random.nextGaussian();
      }
    }
    long[] weights = {5, 2, 9};
    WorkerDivergence fine = divergence(before, weights, 1 << 14, workers);
    WorkerDivergence coarse = divergence(before, weights, 1 << 20, workers);
    assertEquals(coarse.spread(weights), fine.spread(weights));
    assertEquals(coarse.cosine(), fine.cosine());
  }
}
