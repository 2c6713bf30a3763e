package dev.braid.driver.training;

import dev.braid.worker.engine.LocalPass.Trained;
import dev.braid.worker.state.State;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * What a worker says of its part of a round, beside its state.
 *
 * @param worker logical worker, from 0
 * @param trained steps, examples, loss
 * @param computeSeconds spent in the local pass
 * @param exchangeSeconds spent in taking the state over and giving it back
 * @param notFinite the part of its state that NaN or infinity has got into, if any
 */
record WorkerResult(
    int worker,
    Trained trained,
    double computeSeconds,
    double exchangeSeconds,
    Optional<State.Part> notFinite) {
  private static final int BYTES = 4 + 4 + 8 + 8 + 8 + 8 + 8 + 8 + 4;
  private static final int NONE = -1;

  byte[] toBytes() {
    return ByteBuffer.allocate(BYTES)
        .putInt(worker)
        .putInt(trained.numSteps())
        .putLong(trained.numExamples())
        .putLong(trained.numLabelled())
        .putDouble(trained.lossSum())
        .putDouble(trained.firstLoss())
        .putDouble(computeSeconds)
        .putDouble(exchangeSeconds)
        .putInt(notFinite.map(State.Part::ordinal).orElse(NONE))
        .array();
  }

  static WorkerResult read(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    int worker = in.getInt();
    Trained trained =
        new Trained(in.getInt(), in.getLong(), in.getLong(), in.getDouble(), in.getDouble());
    return new WorkerResult(worker, trained, in.getDouble(), in.getDouble(), part(in.getInt()));
  }

  private static Optional<State.Part> part(int number) {
    return number == NONE ? Optional.empty() : Optional.of(State.Part.values()[number]);
  }

  WorkerResult plusExchange(double seconds) {
    return new WorkerResult(worker, trained, computeSeconds, exchangeSeconds + seconds, notFinite);
  }

  boolean isFinite() {
    return Double.isFinite(trained.lossSum()) && notFinite.isEmpty();
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
   * Does nothing when all losses and states are finite.
   *
   * @throws Diverged naming the first worker whose are not
   */
  static void requireFinite(Round round, List<WorkerResult> results) {
    for (WorkerResult result : results) {
      double loss = result.trained().lossSum();
      if (!Double.isFinite(loss)) {
        throw Diverged.byLoss(loss, round, result.worker(), result.trained().numSteps());
      }
      if (result.notFinite().isPresent()) {
        throw Diverged.byState(result.notFinite().get(), round, result.worker());
      }
    }
  }
}
