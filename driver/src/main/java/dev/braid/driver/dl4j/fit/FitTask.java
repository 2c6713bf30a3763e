package dev.braid.driver.dl4j.fit;

import dev.braid.driver.exchange.WorkerResult;
import dev.braid.driver.run.ReplicaPool;
import dev.braid.driver.wire.SentState;
import dev.braid.driver.wire.Shared;
import dev.braid.driver.wire.StateBytes;
import dev.braid.worker.engine.LocalPass;
import dev.braid.worker.state.State;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.deeplearning4j.spark.api.stats.SparkTrainingStats;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction2;

/**
 * A worker's part of a round: load the state, fit mini-batches, give the state back.
 *
 * @param <B> see {@link FitEngine}
 */
public final class FitTask<B> extends AbstractFunction2<TaskContext, Iterator<B>, byte[][]>
    implements Serializable {
  private static final long serialVersionUID = 4;

  /** Arrays of an answer before those of the state: result, what listeners stored, times. */
  private static final int HEAD = 3;

  private final Broadcast<byte[]> spec;
  private final SentState sent;
  private final Shared<State> answers;
  private final ArrayList<LocalPass> passes;
  private final FitSteps<B> steps;
  private final boolean timed;

  /**
   * @param sent what the workers begin with
   * @param answers where a worker leaves its state on an embedded Spark; null where it goes back as
   *     bytes
   * @param passes of the workers
   * @param timed whether they take note of their times
   */
  public FitTask(
      Broadcast<byte[]> spec,
      SentState sent,
      Shared<State> answers,
      List<LocalPass> passes,
      FitSteps<B> steps,
      boolean timed) {
    this.spec = spec;
    this.sent = sent;
    this.answers = answers;
    this.passes = new ArrayList<>(passes);
    this.steps = steps;
    this.timed = timed;
  }

  /**
   * What comes back from a worker beside its state.
   *
   * @param result its steps and their loss
   * @param heard what listeners have stored, to be given to the user's storage
   * @param times where its time went, if that was asked for
   */
  public record Fitted(
      WorkerResult result, WorkerListeners.Heard heard, Optional<SparkTrainingStats> times) {}

  @Override
  public byte[][] apply(TaskContext context, Iterator<B> partition) {
    WorkerTimes times = new WorkerTimes(timed);
    int worker = context.partitionId();
    LocalPass pass =
        passes.stream().filter(each -> each.shard() == worker).findFirst().orElseThrow();
    B batches = partition.next();
    ReplicaPool pool = ReplicaPool.of(spec.value());
    return pool.lend(kept -> fit(pool, kept, pass, batches, times));
  }

  private byte[][] fit(
      ReplicaPool pool, ReplicaPool.Kept kept, LocalPass pass, B batches, WorkerTimes times) {
    long begin = System.nanoTime();
    load(kept, times);
    long loaded = System.nanoTime();
    FitSteps.Done done = steps.fit(kept.replica(), batches, pass, pool.spec().seed(), times);
    long fitted = System.nanoTime();
    State state = answers == null ? kept.state() : pool.takeRoom(kept.replica());
    kept.replica().read(state);
    Optional<State.Part> notFinite = state.notFinite(Long.MAX_VALUE); // DL4J's statistics go along
    byte[][] pieces = given(state);
    double exchange = (loaded - begin + System.nanoTime() - fitted) / 1e9;
    WorkerResult result =
        new WorkerResult(
            pass.shard(), done.trained(), (fitted - loaded) / 1e9, exchange, notFinite, Set.of());
    byte[][] head = {result.toBytes(), done.heard(), times.end()};
    byte[][] answer = Arrays.copyOf(head, HEAD + pieces.length);
    System.arraycopy(pieces, 0, answer, HEAD, pieces.length);
    return answer;
  }

  private void load(ReplicaPool.Kept kept, WorkerTimes times) {
    long begin = System.nanoTime();
    Optional<State> here = sent.inThisJvm();
    if (here.isEmpty()) {
      sent.receive(kept.state());
    }
    times.received(begin);
    long received = System.nanoTime();
    kept.replica().load(here.orElse(kept.state()));
    times.loaded(received);
  }

  /** The worker's state as bytes, or the key under which it is left in this JVM. */
  private byte[][] given(State state) {
    if (answers == null) {
      return StateBytes.encode(state);
    }
    long attempt = TaskContext.get().taskAttemptId();
    answers.put(attempt, state);
    return new byte[][] {ByteBuffer.allocate(Long.BYTES).putLong(attempt).array()};
  }

  /** The state in a task's answer; {@code like} has its sizes. */
  public static State state(byte[][] answer, Shared<State> answers, State like) {
    if (answers != null) {
      return answers.get(ByteBuffer.wrap(answer[HEAD]).getLong()).orElseThrow();
    }
    State state = like.copy();
    StateBytes.decode(Arrays.copyOfRange(answer, HEAD, answer.length), state);
    return state;
  }

  /** The rest of a task's answer. */
  public static Fitted result(byte[][] answer) {
    return new Fitted(
        WorkerResult.read(answer[0]),
        WorkerListeners.Heard.read(answer[1]),
        WorkerTimes.read(answer[2]));
  }
}
