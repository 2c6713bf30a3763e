package dev.braid.driver.training;

import dev.braid.driver.exchange.JavaBytes;
import dev.braid.worker.data.MiniBatches;
import dev.braid.worker.data.Shard;
import dev.braid.worker.engine.LocalPass;
import dev.braid.worker.engine.Replica;
import dev.braid.worker.engine.RunSpec;
import dev.braid.worker.state.State;
import java.util.Collections;
import java.util.Map;
import java.util.Queue;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/**
 * The replicas an executor keeps between the rounds of one run, as building a network costs more
 * than a round: one per task that runs at the same time.
 *
 * <p>A run's pool is found by the very array its broadcast {@link RunSpec} arrived in, and is
 * forgotten with it: an executor needs no word that a run has ended.
 */
public final class ReplicaPool {
  private static final Map<byte[], ReplicaPool> POOLS =
      Collections.synchronizedMap(new WeakHashMap<>());

  private final RunSpec spec;
  private final Queue<Kept> idle = new ConcurrentLinkedQueue<>();
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
  public record Kept(Replica replica, State state) {}

  /** In which order an epoch takes a shard's examples. */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  private record Order(int epoch, int[] examples) {}

  /** The specification as bytes, to be broadcast. */
  public static byte[] encode(RunSpec spec) {
    return JavaBytes.write(spec, "the run's specification");
  }

  /** The pool of the run whose specification these bytes are. */
  public static ReplicaPool of(byte[] spec) {
    synchronized (POOLS) {
      return POOLS.computeIfAbsent(
          spec,
          bytes ->
              new ReplicaPool(JavaBytes.read(bytes, RunSpec.class, "the run's specification")));
    }
  }

  /** Closes the replicas this JVM keeps for a run that has ended. */
  public static void close(byte[] spec) {
    ReplicaPool pool = POOLS.remove(spec);
    if (pool != null) {
      for (Kept kept = pool.idle.poll(); kept != null; kept = pool.idle.poll()) {
        kept.replica().close();
      }
    }
  }

  /** What every task of the run knows. */
  public RunSpec spec() {
    return spec;
  }

  /**
   * The epoch's mini-batches of the shard that {@code pass} trains on. Their order is drawn once an
   * epoch: it takes as long as the shard is large, however few of them a round needs.
   */
  MiniBatches miniBatches(LocalPass pass, Shard shard) {
    Order order =
        orders.compute(
            pass.shard(),
            (number, last) ->
                last != null && last.epoch == pass.epoch() && last.examples.length == shard.size()
                    ? last
                    : new Order(
                        pass.epoch(), LocalPass.order(spec, shard.size(), pass.epoch(), number)));
    return MiniBatches.ordered(shard, spec.batchSize(), spec.normalisers(), order.examples)
        .weighted(spec.labelWeights());
  }

  /**
   * Lends a replica to {@code work}. A replica whose work has failed is closed, not kept: nobody
   * knows what state it is in.
   */
  public <T> T lend(Function<Kept, T> work) {
    Kept kept = take();
    boolean done = false;
    try {
      T result = work.apply(kept);
      done = true;
      return result;
    } finally {
      giveBack(kept, done);
    }
  }

  /** A replica that nobody else has until {@link #giveBack}. */
  Kept take() {
    Kept kept = idle.poll();
    if (kept == null) {
      Replica replica = spec.source().create();
      kept = new Kept(replica, replica.newState());
    }
    return kept;
  }

  /**
   * Takes a replica back.
   *
   * @param done whether the work with it has ended well; it is closed otherwise
   */
  void giveBack(Kept kept, boolean done) {
    if (done) {
      idle.add(kept);
    } else {
      kept.replica().close();
    }
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
