package dev.braid.driver.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.driver.cluster.MemoryNeed.DataSize;
import dev.braid.driver.cluster.MemoryNeed.NetworkSize;
import dev.braid.driver.cluster.MemoryNeed.Sizes;
import org.junit.jupiter.api.Test;

class MemoryNeedTest {
  private static final long MIB = 1 << 20;

  /** A mebi of parameters with Adam's two memories: a state of 12 MiB. */
  private static Sizes sizes(int workers, boolean sliced) {
    return sizes(workers, sliced, 0);
  }

  private static Sizes sizes(int workers, boolean sliced, int beside) {
    return sizes(false, workers, sliced, beside);
  }

  private static Sizes sizes(boolean inHeap, int workers, boolean sliced, int beside) {
    return new Sizes(
        new NetworkSize(MIB, 0, 2 * MIB, 1024),
        inHeap,
        64,
        workers,
        sliced,
        new DataSize(784, 60_000),
        beside);
  }

  @Test
  void states_countForEachTask_andOnceForTheBroadcast() {
    MemoryNeed need = MemoryNeed.of(sizes(8, false), 2, 4);
    assertEquals(12 * MIB, need.stateBytes());
    assertEquals((300 + 12 * (1 + 3 * 4)) * MIB, need.executorHeapBytes());
    // weights and gradients 8 MiB, activations 3 * 4 * 1024 * 64 bytes = 0.75 MiB, four times
    assertEquals(400 * MIB + 4 * (8 * MIB + 3 * MIB / 4), need.executorNativeBytes());
    assertEquals(784 * 30_000, need.dataBytes());
  }

  @Test
  void engineInTheHeap_computesThere_inTheStateItself() {
    MemoryNeed need = MemoryNeed.of(sizes(true, 8, false, 0), 2, 4);
    // gradients 4 MiB, activations 0.75 MiB, four times; no further weights
    assertEquals(
        (300 + 12 * (1 + 3 * 4)) * MIB + 4 * (4 * MIB + 3 * MIB / 4), need.executorHeapBytes());
    assertEquals(400 * MIB, need.executorNativeBytes());
  }

  @Test
  void fewerWorkersThanTasks_needLess() {
    assertEquals(
        (300 + 12 * (1 + 3 * 1)) * MIB, MemoryNeed.of(sizes(1, false), 2, 4).executorHeapBytes());
  }

  @Test
  void driver_holdsAStateOfEachWorker_unlessExecutorsAverage() {
    assertEquals((300 + 12 * 11) * MIB, MemoryNeed.of(sizes(8, false), 2, 4).driverHeapBytes());
    assertEquals((300 + 12 * 3) * MIB, MemoryNeed.of(sizes(8, true), 2, 4).driverHeapBytes());
  }

  @Test
  void driver_holdsAMovingAverage_andAnOuterStepsMemory() {
    assertEquals(
        (300 + 12 * 3 + 4 * 3) * MIB, MemoryNeed.of(sizes(8, true, 3), 2, 4).driverHeapBytes());
  }
}
