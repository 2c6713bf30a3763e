package dev.braid.driver.cluster;

/**
 * What a training takes of the memory of an executor and of the driver, in bytes: a plain function
 * of sizes. Counts are rounded up rather than down, so that what is said to fit fits.
 *
 * @param stateBytes parameters, the optimizer's memory of them, running statistics
 * @param executorHeapBytes for states, and for what an engine computes there; without the cached
 *     data
 * @param executorNativeBytes outside the Java heap: libraries, and what an engine computes there
 * @param driverHeapBytes for states on the driver
 * @param dataBytes of the training examples on one executor, kept in memory as far as they fit
 */
public record MemoryNeed(
    long stateBytes,
    long executorHeapBytes,
    long executorNativeBytes,
    long driverHeapBytes,
    long dataBytes) {
  private static final long MIB = 1 << 20;

  /** Spark's own, before any state: code, caches of blocks, network buffers. */
  private static final long SPARK_HEAP = 300 * MIB;

  /** Libraries that are loaded, the JVM's own memory, thread stacks, network buffers. */
  private static final long ENGINE_NATIVE = 400 * MIB;

  /**
   * A replica's state, in which an engine in the Java heap computes, the answer's pieces, and
   * Spark's serialised copy of the answer.
   */
  private static final int STATES_PER_TASK = 3;

  /** Kept forward values, their gradients, and what an operation needs meanwhile. */
  private static final int ACTIVATION_COPIES = 3;

  /**
   * The size of one training.
   *
   * @param network that is trained
   * @param inHeap whether its engine computes in the Java heap
   * @param batchSize examples in a step
   * @param workers logical workers
   * @param sliced whether executors average; the driver then holds one state instead of one each
   * @param data it is trained on
   * @param beside vectors of parameters that the driver holds beside states: two of an outer step
   *     with memory, one of a moving average
   */
  public record Sizes(
      NetworkSize network,
      boolean inHeap,
      int batchSize,
      int workers,
      boolean sliced,
      DataSize data,
      int beside) {

    /** Bytes that one task computes in: gradients, and activations of a mini-batch. */
    private long computedBytes() {
      return Float.BYTES * (network.params + ACTIVATION_COPIES * network.activations * batchSize);
    }

    /** Bytes of one task in the Java heap, beside states. */
    private long heapBytes() {
      return inHeap ? computedBytes() : 0;
    }

    /** Bytes of one task outside of it, where the weights are then, too. */
    private long nativeBytes() {
      return inHeap ? 0 : Float.BYTES * network.params + computedBytes();
    }
  }

  /**
   * The size of a network in floats.
   *
   * @param params trained
   * @param statistics that run along
   * @param memory of its optimizer
   * @param activations of one example, all layers together
   */
  public record NetworkSize(long params, long statistics, long memory, long activations) {

    /** Bytes of one state on the wire. */
    public long stateBytes() {
      return Float.BYTES * (params + memory + statistics);
    }
  }

  /**
   * The size of the training examples.
   *
   * @param exampleBytes of one in memory
   * @param numExamples of them; 0 where unknown
   */
  public record DataSize(long exampleBytes, long numExamples) {}

  /** Java heap where driver and tasks share one JVM. */
  public long localHeapBytes() {
    return driverHeapBytes + executorHeapBytes - SPARK_HEAP;
  }

  /**
   * The need of a training on a cluster.
   *
   * @param executors that share the data
   * @param tasks at once on one executor
   */
  public static MemoryNeed of(Sizes sizes, int executors, int tasks) {
    long state = sizes.network.stateBytes();
    int busy = Math.min(tasks, sizes.workers);
    long statesOfDriver = sizes.sliced ? 3 : sizes.workers + 3L;
    return new MemoryNeed(
        state,
        SPARK_HEAP + state * (1 + (long) STATES_PER_TASK * busy) + sizes.heapBytes() * busy,
        ENGINE_NATIVE + sizes.nativeBytes() * busy,
        SPARK_HEAP
            + state * statesOfDriver
            + (long) sizes.beside * Float.BYTES * sizes.network.params,
        sizes.data.exampleBytes * sizes.data.numExamples / Math.max(1, executors));
  }
}
