package dev.braid.driver.training;

import dev.braid.worker.engine.LocalPass.Trained;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.LongStream;

/**
 * What a worker says of its part of a round, beside its state.
 *
 * @param worker logical worker, from 0
 * @param trained steps, examples, loss
 * @param computeSeconds spent in the local pass
 * @param exchangeSeconds spent in taking the state over and giving it back
 */
record WorkerResult(int worker, Trained trained, double computeSeconds, double exchangeSeconds) {
  private static final int BYTES = 4 + 4 + 8 + 8 + 8 + 8 + 8;

  byte[] toBytes() {
    return ByteBuffer.allocate(BYTES)
        .putInt(worker)
        .putInt(trained.numSteps())
        .putLong(trained.numExamples())
        .putLong(trained.numLabelled())
        .putDouble(trained.lossSum())
        .putDouble(computeSeconds)
        .putDouble(exchangeSeconds)
        .array();
  }

  static WorkerResult read(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    int worker = in.getInt();
    Trained trained = new Trained(in.getInt(), in.getLong(), in.getLong(), in.getDouble());
    return new WorkerResult(worker, trained, in.getDouble(), in.getDouble());
  }

  WorkerResult plusExchange(double seconds) {
    return new WorkerResult(worker, trained, computeSeconds, exchangeSeconds + seconds);
  }

  boolean isFinite() {
    return Double.isFinite(trained.lossSum());
  }

  /**
   * The examples each worker counts by: those that have a label. So workers of one local step are
   * one large mini-batch where labels are missing, too. Where no worker has any, all examples.
   */
  static long[] weights(List<WorkerResult> results) {
    long[] labelled = results.stream().mapToLong(r -> r.trained().numLabelled()).toArray();
    return LongStream.of(labelled).anyMatch(n -> n > 0)
        ? labelled
        : results.stream().mapToLong(r -> r.trained().numExamples()).toArray();
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
