package dev.braid.driver.dl4j;

import static dev.braid.worker.Check.require;

import dev.braid.driver.dl4j.batches.DealtBatches.Dealing;

/**
 * How an {@link AveragingMaster} splits and averages.
 *
 * @param workers logical workers; independent of the cluster's size, and the result with it
 * @param averagingFrequency mini-batches a worker trains on between two averagings
 * @param rddDataSetNumExamples examples in one element of the data, as far as that matters for
 *     {@code batchSizePerWorker}
 * @param batchSizePerWorker examples in a mini-batch; null: each element of the data is one
 * @param saveUpdater whether the updater's memory is averaged with the parameters; if not it begins
 *     each round as it was before training
 * @param seed source of every random choice, dropout's too
 * @param collectTrainingStats whether times are kept
 * @param engine what computes the workers' steps; DL4J if left out
 */
public record AveragingPlan(
    int workers,
    int averagingFrequency,
    int rddDataSetNumExamples,
    Integer batchSizePerWorker,
    boolean saveUpdater,
    long seed,
    boolean collectTrainingStats,
    Engine engine) {
  public AveragingPlan {
    engine = engine == null ? Engine.DL4J : engine;
    require(workers > 0, "workers must be at least 1, got %d", workers);
    require(
        averagingFrequency > 0,
        "averagingFrequency must be at least 1, got %d",
        averagingFrequency);
    require(
        rddDataSetNumExamples > 0,
        "rddDataSetNumExamples must be at least 1, got %d",
        rddDataSetNumExamples);
    require(
        batchSizePerWorker == null || batchSizePerWorker > 0,
        "batchSizePerWorker must be at least 1, got %d",
        batchSizePerWorker);
  }

  /** The same but for the times. */
  AveragingPlan collecting(boolean collectTrainingStats) {
    return new AveragingPlan(
        workers,
        averagingFrequency,
        rddDataSetNumExamples,
        batchSizePerWorker,
        saveUpdater,
        seed,
        collectTrainingStats,
        engine);
  }

  /**
   * How the data is dealt to the workers: in mini-batches of {@code batchSizePerWorker}, if set.
   */
  Dealing dealing() {
    return batchSizePerWorker == null
        ? new Dealing(workers, 1, Integer.MAX_VALUE)
        : new Dealing(
            workers, Math.max(1, batchSizePerWorker / rddDataSetNumExamples), batchSizePerWorker);
  }
}
