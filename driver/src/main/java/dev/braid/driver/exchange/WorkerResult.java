package dev.braid.driver.exchange;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toSet;

import dev.braid.worker.engine.LocalPass.PassResult;
import dev.braid.worker.state.State;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * What a worker says of its part of a round, beside its state.
 *
 * @param worker logical worker, from 0
 * @param trained steps, examples, loss
 * @param computeSeconds spent in the local pass
 * @param exchangeSeconds spent in taking the state over and giving it back
 * @param notFinite the part of its state that NaN or infinity has got into, if any
 * @param miscounted see {@link dev.braid.worker.engine.Replica#miscounted}
 */
public record WorkerResult(
    int worker,
    PassResult trained,
    double computeSeconds,
    double exchangeSeconds,
    Optional<State.Part> notFinite,
    Set<String> miscounted) {
  private static final int BYTES = 4 + 4 + 8 + 8 + 8 + 8 + 8 + 8;

  public byte[] toBytes() {
    String part = notFinite.map(State.Part::name).orElse("");
    byte[] words = (part + "\n" + String.join("\n", miscounted)).getBytes(UTF_8);
    return ByteBuffer.allocate(BYTES + words.length)
        .putInt(worker)
        .putInt(trained.numSteps())
        .putLong(trained.numExamples())
        .putLong(trained.numLabelled())
        .putDouble(trained.lossSum())
        .putDouble(trained.firstLoss())
        .putDouble(computeSeconds)
        .putDouble(exchangeSeconds)
        .put(words)
        .array();
  }

  public static WorkerResult read(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    int worker = in.getInt();
    PassResult trained =
        new PassResult(in.getInt(), in.getLong(), in.getLong(), in.getDouble(), in.getDouble());
    double computeSeconds = in.getDouble();
    double exchangeSeconds = in.getDouble();
    List<String> words = List.of(UTF_8.decode(in).toString().split("\n", -1));
    String part = words.get(0);
    return new WorkerResult(
        worker,
        trained,
        computeSeconds,
        exchangeSeconds,
        part.isEmpty() ? Optional.empty() : Optional.of(State.Part.valueOf(part)),
        words.stream().skip(1).filter(name -> !name.isEmpty()).collect(toSet()));
  }

  WorkerResult plusExchange(double seconds) {
    return new WorkerResult(
        worker, trained, computeSeconds, exchangeSeconds + seconds, notFinite, miscounted);
  }

  public boolean isFinite() {
    return Double.isFinite(trained.lossSum()) && notFinite.isEmpty();
  }

  /**
   * The examples each worker counts by: those that have a label. So workers of one local step are
   * one large mini-batch where labels are missing, too. Where no worker has any, all examples.
   */
  public static long[] weights(List<WorkerResult> results) {
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
