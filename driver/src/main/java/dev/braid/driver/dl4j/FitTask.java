package dev.braid.driver.dl4j;

import dev.braid.driver.exchange.StateBytes;
import dev.braid.driver.training.ReplicaPool;
import dev.braid.worker.dl4j.DataSets;
import dev.braid.worker.dl4j.Dl4jModel;
import dev.braid.worker.dl4j.Dl4jReplica;
import dev.braid.worker.random.Counter;
import dev.braid.worker.state.State;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
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
  private final Broadcast<byte[][]> state;
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

  FitTask(
      Broadcast<byte[]> spec,
      Broadcast<byte[][]> state,
      Turn turn,
      List<TrainingHook> hooks,
      WorkerListeners listeners) {
    this.spec = spec;
    this.state = state;
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
    byte[][] received = state.value();
    ReplicaPool pool = ReplicaPool.of(spec.value());
    return pool.lend(kept -> fit(kept, pool.spec().seed(), received, worker, batches, begin));
  }

  private byte[][] fit(
      ReplicaPool.Kept kept,
      long seed,
      byte[][] received,
      int worker,
      byte[][] batches,
      long begin) {
    Dl4jReplica replica = (Dl4jReplica) kept.replica();
    Dl4jModel model = replica.model();
    StateBytes.decode(received, kept.state());
    replica.load(kept.state());
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
    replica.read(kept.state());
    byte[][] pieces = StateBytes.encode(kept.state());
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
    return batch.getFeatures().size(0);
  }

  private long step(Dl4jModel model, MultiDataSet batch) {
    hooks.forEach(hook -> hook.preUpdate(batch, model.network()));
    model.fit(batch);
    hooks.forEach(hook -> hook.postUpdate(batch, model.network()));
    return batch.getFeatures(0).size(0);
  }

  /** Reads a task's answer: its state into {@code target}, the rest as the result. */
  static Fitted read(byte[][] answer, State target) {
    byte[][] pieces = new byte[answer.length - 2][];
    System.arraycopy(answer, 2, pieces, 0, pieces.length);
    StateBytes.decode(pieces, target);
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
