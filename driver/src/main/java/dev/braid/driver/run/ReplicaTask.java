package dev.braid.driver.run;

import dev.braid.driver.wire.SentState;
import dev.braid.worker.data.Shard;
import dev.braid.worker.engine.Replica;
import dev.braid.worker.engine.RunSpec;
import org.apache.spark.broadcast.Broadcast;

/** Work on one shard by a replica of the network that has a state which was sent. */
public abstract class ReplicaTask extends ShardTask {
  private static final long serialVersionUID = 1;

  private final Broadcast<byte[]> spec;
  private final SentState state;

  /**
   * @param spec what {@link ReplicaPool#begin} has sent
   * @param state without the optimizer's memory
   */
  protected ReplicaTask(Broadcast<byte[]> spec, SentState state) {
    this.spec = spec;
    this.state = state;
  }

  @Override
  protected final byte[][] run(int number, Shard shard) {
    ReplicaPool pool = ReplicaPool.of(spec.value());
    return pool.lend(kept -> run(kept.with(state), pool.spec(), number, shard));
  }

  /** A pure function of its arguments, see {@link ShardTask#run}. */
  protected abstract byte[][] run(Replica replica, RunSpec spec, int number, Shard shard);
}
