package dev.braid.driver.training;

import dev.braid.worker.engine.LocalPass.Trained;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * What a worker says of its part of a round, beside its state.
 *
 * @param worker logical worker, from 0
 * @param trained steps, examples, loss
 * @param computeSeconds spent in the local pass
 * @param exchangeSeconds spent in taking the state over and giving it back
 */
record WorkerResult(int worker, Trained trained, double computeSeconds, double exchangeSeconds) {
  private static final int BYTES = 4 + 4 + 8 + 8 + 8 + 8;

  byte[] toBytes() {
    return ByteBuffer.allocate(BYTES)
        .putInt(worker)
        .putInt(trained.numSteps())
        .putLong(trained.numExamples())
        .putDouble(trained.lossSum())
        .putDouble(computeSeconds)
        .putDouble(exchangeSeconds)
        .array();
  }

  static WorkerResult read(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    int worker = in.getInt();
    Trained trained = new Trained(in.getInt(), in.getLong(), in.getDouble());
    return new WorkerResult(worker, trained, in.getDouble(), in.getDouble());
  }

  WorkerResult plusExchange(double seconds) {
    return new WorkerResult(worker, trained, computeSeconds, exchangeSeconds + seconds);
  }

  boolean isFinite() {
    return Double.isFinite(trained.lossSum());
  }

  /** The examples each worker counts by. */
  static long[] weights(List<WorkerResult> results) {
    return results.stream().mapToLong(result -> result.trained().numExamples()).toArray();
  }

  /**
   * Does nothing when all losses are numbers.
   *
   * @throws LossNotFinite naming the first worker whose is not
   */
  static void requireFinite(Round round, List<WorkerResult> results) {
    for (WorkerResult result : results) {
      if (!result.isFinite()) {
        throw new LossNotFinite(
            result.trained().lossSum(), round, result.worker(), result.trained().numSteps());
      }
    }
  }
}
