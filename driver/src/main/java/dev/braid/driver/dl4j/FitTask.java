package dev.braid.driver.dl4j;

import dev.braid.driver.exchange.SentState;
import dev.braid.driver.exchange.Shared;
import dev.braid.driver.exchange.StateBytes;
import dev.braid.driver.training.ReplicaPool;
import dev.braid.worker.dl4j.DataSets;
import dev.braid.worker.dl4j.Dl4jModel;
import dev.braid.worker.dl4j.Dl4jReplica;
import dev.braid.worker.dl4j.Free;
import dev.braid.worker.random.Counter;
import dev.braid.worker.state.State;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.spark.api.TrainingHook;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction2;

/** A worker's part of a round: load the state, fit mini-batches with DL4J, give the state back. */
final class FitTask extends AbstractFunction2<TaskContext, Iterator<byte[][]>, byte[][]>
    implements Serializable {
  private static final long serialVersionUID = 1;
  private static final int HEADER_BYTES = 4 + 8 + 8 + 4 + 8 + 8;

  private final Broadcast<byte[]> spec;
  private final SentState sent;
  private final Shared<State> answers;
  private final Turn turn;
  private final ArrayList<TrainingHook> hooks;
  private final WorkerListeners listeners;

  /**
   * Which mini-batches a round takes, and where they stand in the training.
   *
   * @param cursor mini-batches of this pass over the data that each worker has done
   * @param steps how many to do now, at most
   * @param iteration updates the state has undergone, as DL4J counts them
   * @param epoch passes over the data done, as DL4J counts them
   */
  record Turn(int cursor, int steps, int iteration, int epoch) implements Serializable {}

  /**
   * @param sent what the workers begin with
   * @param answers where a worker leaves its state on an embedded Spark; null where it goes back as
   *     bytes
   */
  FitTask(
      Broadcast<byte[]> spec,
      SentState sent,
      Shared<State> answers,
      Turn turn,
      List<TrainingHook> hooks,
      WorkerListeners listeners) {
    this.spec = spec;
    this.sent = sent;
    this.answers = answers;
    this.turn = turn;
    this.hooks = new ArrayList<>(hooks);
    this.listeners = listeners;
  }

  /**
   * What comes back from a worker.
   *
   * @param examples trained on
   * @param lossSum sum over them of the loss their step minimised
   * @param iteration DL4J's count after the last step
   * @param computeNanos in the steps
   * @param exchangeNanos in taking the state over and giving it back
   * @param heard what listeners have stored, to be given to the user's storage
   */
  record Fitted(
      long examples,
      double lossSum,
      int iteration,
      long computeNanos,
      long exchangeNanos,
      WorkerListeners.Heard heard) {}

  @Override
  public byte[][] apply(TaskContext context, Iterator<byte[][]> partition) {
    int worker = context.partitionId();
    byte[][] batches = partition.next();
    long begin = System.nanoTime();
    ReplicaPool pool = ReplicaPool.of(spec.value());
    return pool.lend(kept -> fit(kept, pool.spec().seed(), worker, batches, begin));
  }

  private byte[][] fit(ReplicaPool.Kept kept, long seed, int worker, byte[][] batches, long begin) {
    Dl4jReplica replica = (Dl4jReplica) kept.replica();
    Dl4jModel model = replica.model();
    load(replica, kept.state());
    model.count(turn.iteration(), turn.epoch());
    WorkerListeners.Session session = listeners.attach(model.network(), worker);
    long loaded = System.nanoTime();
    long examples = 0;
    double lossSum = 0;
    int end = Math.min(turn.cursor() + turn.steps(), batches.length);
    for (int i = turn.cursor(); i < end; i++) {
      Dl4jReplica.seed(Counter.key(seed, 4, turn.iteration(), worker, i));
      long size = step(model, batches[i]);
      examples += size;
      lossSum += size * model.network().score();
    }
    long fitted = System.nanoTime();
    byte[] heard = session.detach();
    byte[][] pieces = read(replica, kept.state());
    long exchange = loaded - begin + System.nanoTime() - fitted;
    ByteBuffer header =
        ByteBuffer.allocate(HEADER_BYTES)
            .putInt(worker)
            .putLong(examples)
            .putDouble(lossSum)
            .putInt(model.iteration())
            .putLong(fitted - loaded)
            .putLong(exchange);
    return answer(header.array(), heard, pieces);
  }

  private void load(Dl4jReplica replica, State room) {
    Optional<State> here = sent.inThisJvm();
    if (here.isEmpty()) {
      sent.receive(room);
    }
    replica.load(here.orElse(room));
  }

  /** The worker's state as bytes, or the key under which it is left in this JVM. */
  private byte[][] read(Dl4jReplica replica, State room) {
    if (answers == null) {
      replica.read(room);
      return StateBytes.encode(room);
    }
    State own = replica.newState();
    replica.read(own);
    long attempt = TaskContext.get().taskAttemptId();
    answers.put(attempt, own);
    return new byte[][] {ByteBuffer.allocate(Long.BYTES).putLong(attempt).array()};
  }

  private static byte[][] answer(byte[] header, byte[] heard, byte[][] pieces) {
    byte[][] answer = new byte[pieces.length + 2][];
    answer[0] = header;
    answer[1] = heard;
    System.arraycopy(pieces, 0, answer, 2, pieces.length);
    return answer;
  }

  /** One step with its hooks; returns the number of examples. */
  private long step(Dl4jModel model, byte[] bytes) {
    if (DataSets.isMulti(bytes)) {
      return step(model, DataSets.decodeMulti(bytes));
    }
    DataSet batch = DataSets.decode(bytes);
    if (model.network() instanceof ComputationGraph) {
      return step(model, batch.toMultiDataSet()); // hooks on graphs get these, as in dl4j-spark
    }
    hooks.forEach(hook -> hook.preUpdate(batch, model.network()));
    model.fit(batch);
    hooks.forEach(hook -> hook.postUpdate(batch, model.network()));
    long size = batch.getFeatures().size(0);
    if (isUnseen()) {
      Free.batch(batch);
    }
    return size;
  }

  /** Whether no code of the user's has seen, and may have kept, the arrays of a mini-batch. */
  private boolean isUnseen() {
    return hooks.isEmpty() && listeners.isNone();
  }

  private long step(Dl4jModel model, MultiDataSet batch) {
    hooks.forEach(hook -> hook.preUpdate(batch, model.network()));
    model.fit(batch);
    hooks.forEach(hook -> hook.postUpdate(batch, model.network()));
    long size = batch.getFeatures(0).size(0);
    if (isUnseen()) {
      Free.batch(batch);
    }
    return size;
  }

  /** The state in a task's answer; {@code like} has its sizes. */
  static State state(byte[][] answer, Shared<State> answers, State like) {
    if (answers != null) {
      return answers.get(ByteBuffer.wrap(answer[2]).getLong()).orElseThrow();
    }
    State state = like.copy();
    StateBytes.decode(Arrays.copyOfRange(answer, 2, answer.length), state);
    return state;
  }

  /** The rest of a task's answer. */
  static Fitted result(byte[][] answer) {
    ByteBuffer header = ByteBuffer.wrap(answer[0]).position(Integer.BYTES);
    return new Fitted(
        header.getLong(),
        header.getDouble(),
        header.getInt(),
        header.getLong(),
        header.getLong(),
        WorkerListeners.Heard.read(answer[1]));
  }
}
