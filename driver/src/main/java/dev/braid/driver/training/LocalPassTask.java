package dev.braid.driver.training;

import dev.braid.driver.exchange.StateBytes;
import dev.braid.worker.data.Shard;
import dev.braid.worker.engine.LocalPass;
import dev.braid.worker.engine.LocalPass.Trained;
import dev.braid.worker.engine.RunSpec;
import dev.braid.worker.state.State;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;

/** A worker's part of a round: load the state, make the local pass, give the state back. */
final class LocalPassTask extends ShardTask {
  private static final long serialVersionUID = 1;
  private static final int HEADER_BYTES = 4 + 8 + 8 + 8 + 8;

  private final Broadcast<byte[]> spec;
  private final Broadcast<byte[][]> state;
  private final HashMap<Integer, LocalPass> passByShard;

  LocalPassTask(Broadcast<byte[]> spec, Broadcast<byte[][]> state, List<LocalPass> passes) {
    this.spec = spec;
    this.state = state;
    this.passByShard = new HashMap<>();
    passes.forEach(pass -> passByShard.put(pass.shard(), pass));
  }

  /**
   * What comes back from a worker.
   *
   * @param trained steps, examples, loss
   * @param computeSeconds spent in the local pass
   * @param exchangeSeconds spent in taking the state over and giving it back
   */
  record Result(Trained trained, double computeSeconds, double exchangeSeconds) {}

  @Override
  byte[][] run(int number, Shard shard) {
    long begin = System.nanoTime();
    byte[][] received = state.value();
    ReplicaPool pool = ReplicaPool.of(spec.value());
    return pool.lend(
        kept -> train(kept, pool.spec(), received, passByShard.get(number), shard, begin));
  }

  private static byte[][] train(
      ReplicaPool.Kept kept,
      RunSpec spec,
      byte[][] received,
      LocalPass pass,
      Shard shard,
      long begin) {
    StateBytes.decode(received, kept.state());
    kept.replica().load(kept.state());
    long loaded = System.nanoTime();
    Trained trained = pass.run(kept.replica(), spec, shard);
    long passed = System.nanoTime();
    kept.replica().read(kept.state());
    byte[][] pieces = StateBytes.encode(kept.state());
    long exchange = loaded - begin + System.nanoTime() - passed;
    byte[][] result = new byte[pieces.length + 1][];
    result[0] = header(trained, passed - loaded, exchange);
    System.arraycopy(pieces, 0, result, 1, pieces.length);
    return result;
  }

  private static byte[] header(Trained trained, long computeNanos, long exchangeNanos) {
    return ByteBuffer.allocate(HEADER_BYTES)
        .putInt(trained.numSteps())
        .putLong(trained.numExamples())
        .putDouble(trained.lossSum())
        .putLong(computeNanos)
        .putLong(exchangeNanos)
        .array();
  }

  /** Reads a task's answer: its state into {@code target}, the rest as the result. */
  static Result read(byte[][] answer, State target) {
    byte[][] pieces = new byte[answer.length - 1][];
    System.arraycopy(answer, 1, pieces, 0, pieces.length);
    StateBytes.decode(pieces, target);
    ByteBuffer header = ByteBuffer.wrap(answer[0]);
    Trained trained = new Trained(header.getInt(), header.getLong(), header.getDouble());
    return new Result(trained, header.getLong() / 1e9, header.getLong() / 1e9);
  }
}
