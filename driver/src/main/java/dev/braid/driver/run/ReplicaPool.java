package dev.braid.driver.run;

import dev.braid.driver.wire.JavaBytes;
import dev.braid.driver.wire.SentState;
import dev.braid.worker.data.MiniBatches;
import dev.braid.worker.data.Shard;
import dev.braid.worker.engine.LocalPass;
import dev.braid.worker.engine.Replica;
import dev.braid.worker.engine.RunSpec;
import dev.braid.worker.machine.Pool;
import dev.braid.worker.state.State;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * The replicas an executor keeps between the rounds of one run, as building a network costs more
 * than a round. The bytes are the run's broadcast {@link RunSpec}.
 */
public final class ReplicaPool extends Pool<ReplicaPool.Kept> {
  private final RunSpec spec;
  private final Queue<State> rooms = new ConcurrentLinkedQueue<>();
  private final Map<Integer, Order> orders = new ConcurrentHashMap<>();

  private ReplicaPool(RunSpec spec) {
    this.spec = spec;
  }

  /**
   * A replica and room for its state in Java's memory.
   *
   * @param replica keeps its native memory
   * @param state what was last sent to it or read from it
   */
  public record Kept(Replica replica, State state) {

    /** The replica with a state that was sent without the optimizer's memory. */
    public Replica with(SentState sent) {
      sent.receive(state.withoutSlots());
      replica.load(state);
      return replica;
    }
  }

  /** In which order an epoch takes a shard's examples. */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  private record Order(int epoch, int[] examples) {}

  /** Sends a run's specification to the executors, until {@link #end}. */
  public static Broadcast<byte[]> begin(JavaSparkContext sc, RunSpec spec) {
    return sc.broadcast(JavaBytes.write(spec, "the run's specification"));
  }

  /** Forgets a specification, and frees the replicas that this JVM keeps for it. */
  public static void end(Broadcast<byte[]> sent) {
    byte[] spec = sent.value();
    sent.destroy();
    Pool.close(spec);
  }

  /** The pool of the run whose specification these bytes are. */
  public static ReplicaPool of(byte[] spec) {
    return Pool.of(
        spec,
        bytes -> new ReplicaPool(JavaBytes.read(bytes, RunSpec.class, "the run's specification")));
  }

  /** What every task of the run knows. */
  public RunSpec spec() {
    return spec;
  }

  /**
   * The epoch's mini-batches of the shard that {@code pass} trains on. Their order is drawn once an
   * epoch: it takes as long as the shard is large, however few of them a round needs.
   */
  public MiniBatches miniBatches(LocalPass pass, Shard shard) {
    Order order =
        orders.compute(
            pass.shard(),
            (number, last) ->
                last != null && last.epoch == pass.epoch() && last.examples.length == shard.size()
                    ? last
                    : new Order(pass.epoch(), LocalPass.order(spec, shard, pass.epoch(), number)));
    return LocalPass.miniBatches(spec, shard, pass.epoch(), pass.shard(), order.examples);
  }

  @Override
  protected Kept create() {
    Replica replica = spec.source().create();
    return new Kept(replica, replica.newState());
  }

  @Override
  protected void free(Kept kept) {
    kept.replica().close();
  }

  /**
   * Room for the state of {@code replica}, with anything in it: large arrays that are new each
   * round are not in the processor's caches.
   */
  public State takeRoom(Replica replica) {
    State room = rooms.poll();
    return room == null ? replica.newState() : room;
  }

  /** Takes room back that nobody reads any more. */
  public void giveRoomBack(State room) {
    rooms.add(room);
  }
}
