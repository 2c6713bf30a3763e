package dev.braid.driver.dl4j;

import dev.braid.driver.dl4j.FitSteps.Done;
import dev.braid.driver.run.ReplicaPool;
import dev.braid.driver.wire.SentState;
import dev.braid.driver.wire.Shared;
import dev.braid.driver.wire.StateBytes;
import dev.braid.worker.engine.Replica;
import dev.braid.worker.state.State;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
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
final class FitTask<B> extends AbstractFunction2<TaskContext, Iterator<B>, byte[][]>
    implements Serializable {
  private static final long serialVersionUID = 3;

  /** Arrays of an answer before those of the state: header, what listeners stored, times. */
  private static final int HEAD = 3;

  private static final int HEADER_BYTES = 8 + 8 + 4;

  private final Broadcast<byte[]> spec;
  private final SentState sent;
  private final Shared<State> answers;
  private final Turn turn;
  private final FitSteps<B> steps;

  /**
   * Which mini-batches a round takes, and where they stand in the training.
   *
   * @param cursor mini-batches of this pass over the data that each worker has done
   * @param steps how many to do now, at most
   * @param iteration updates the state has undergone, as DL4J counts them
   * @param epoch passes over the data done, as DL4J counts them
   * @param timed whether the workers take note of their times
   */
  record Turn(int cursor, int steps, int iteration, int epoch, boolean timed)
      implements Serializable {
    /** The first mini-batch that is not its turn, of a worker that has {@code count}. */
    int end(int count) {
      return Math.min(cursor + steps, count);
    }
  }

  /**
   * @param sent what the workers begin with
   * @param answers where a worker leaves its state on an embedded Spark; null where it goes back as
   *     bytes
   */
  FitTask(
      Broadcast<byte[]> spec, SentState sent, Shared<State> answers, Turn turn, FitSteps<B> steps) {
    this.spec = spec;
    this.sent = sent;
    this.answers = answers;
    this.turn = turn;
    this.steps = steps;
  }

  /**
   * What comes back from a worker.
   *
   * @param examples trained on
   * @param lossSum sum over them of the loss their step minimised
   * @param iteration DL4J's count after the last step
   * @param heard what listeners have stored, to be given to the user's storage
   * @param times where its time went, if that was asked for
   */
  record Fitted(
      long examples,
      double lossSum,
      int iteration,
      WorkerListeners.Heard heard,
      Optional<SparkTrainingStats> times) {}

  @Override
  public byte[][] apply(TaskContext context, Iterator<B> partition) {
    WorkerTimes times = new WorkerTimes(turn.timed());
    int worker = context.partitionId();
    B batches = partition.next();
    ReplicaPool pool = ReplicaPool.of(spec.value());
    return pool.lend(kept -> fit(pool, kept, worker, batches, times));
  }

  private byte[][] fit(
      ReplicaPool pool, ReplicaPool.Kept kept, int worker, B batches, WorkerTimes times) {
    load(kept.replica(), kept.state(), times);
    Done done = steps.fit(kept.replica(), batches, turn, pool.spec().seed(), worker, times);
    byte[][] pieces = read(pool, kept);
    ByteBuffer header =
        ByteBuffer.allocate(HEADER_BYTES)
            .putLong(done.examples())
            .putDouble(done.lossSum())
            .putInt(done.iteration());
    return answer(new byte[][] {header.array(), done.heard(), times.end()}, pieces);
  }

  private void load(Replica replica, State room, WorkerTimes times) {
    long begin = System.nanoTime();
    Optional<State> here = sent.inThisJvm();
    if (here.isEmpty()) {
      sent.receive(room);
    }
    times.received(begin);
    long received = System.nanoTime();
    replica.load(here.orElse(room));
    times.loaded(received);
  }

  /** The worker's state as bytes, or the key under which it is left in this JVM. */
  private byte[][] read(ReplicaPool pool, ReplicaPool.Kept kept) {
    if (answers == null) {
      kept.replica().read(kept.state());
      return StateBytes.encode(kept.state());
    }
    State own = pool.takeRoom(kept.replica());
    kept.replica().read(own);
    long attempt = TaskContext.get().taskAttemptId();
    answers.put(attempt, own);
    return new byte[][] {ByteBuffer.allocate(Long.BYTES).putLong(attempt).array()};
  }

  private static byte[][] answer(byte[][] head, byte[][] pieces) {
    byte[][] answer = Arrays.copyOf(head, head.length + pieces.length);
    System.arraycopy(pieces, 0, answer, head.length, pieces.length);
    return answer;
  }

  /** The state in a task's answer; {@code like} has its sizes. */
  static State state(byte[][] answer, Shared<State> answers, State like) {
    if (answers != null) {
      return answers.get(ByteBuffer.wrap(answer[HEAD]).getLong()).orElseThrow();
    }
    State state = like.copy();
    StateBytes.decode(Arrays.copyOfRange(answer, HEAD, answer.length), state);
    return state;
  }

  /** The rest of a task's answer. */
  static Fitted result(byte[][] answer) {
    ByteBuffer header = ByteBuffer.wrap(answer[0]);
    return new Fitted(
        header.getLong(),
        header.getDouble(),
        header.getInt(),
        WorkerListeners.Heard.read(answer[1]),
        WorkerTimes.read(answer[2]));
  }
}
