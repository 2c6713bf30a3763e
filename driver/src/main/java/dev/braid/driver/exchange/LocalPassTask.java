package dev.braid.driver.exchange;

import dev.braid.driver.plan.Averaging;
import dev.braid.driver.plan.OptimizerState;
import dev.braid.driver.run.ReplicaPool;
import dev.braid.driver.run.WorkerFailed;
import dev.braid.driver.wire.Chunk;
import dev.braid.driver.wire.SentState;
import dev.braid.driver.wire.StateBytes;
import dev.braid.driver.wire.WireFormat;
import dev.braid.worker.data.MiniBatches;
import dev.braid.worker.data.Shard;
import dev.braid.worker.engine.LocalPass;
import dev.braid.worker.engine.LocalPass.PassResult;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.State;
import java.io.Serializable;
import java.util.Arrays;
import java.util.HashMap;
import org.apache.spark.broadcast.Broadcast;

/** A worker's part of a round: take the state over, make the local pass, give the state back. */
final class LocalPassTask implements Serializable {
  private static final long serialVersionUID = 1;

  private final Broadcast<byte[]> spec;
  private final SentState sent;
  private final OptimizerState optimizerState;
  private final WireFormat transfer;
  private final long statisticsNotFinite;
  private final HashMap<Integer, Part> partByShard = new HashMap<>();

  /**
   * @param before what is sent
   * @param ownSlots per worker of the round its own optimizer state; empty unless it is kept
   */
  LocalPassTask(
      Broadcast<byte[]> spec,
      SentState sent,
      State before,
      Round round,
      WorkerOptimizerState.Sent ownSlots,
      Averaging averaging) {
    this.spec = spec;
    this.sent = sent;
    this.optimizerState = averaging.optimizerState();
    this.transfer = averaging.transfer();
    this.statisticsNotFinite = before.statistics().numOverflown();
    for (int i = 0; i < round.shares().size(); i++) {
      int worker = round.shares().get(i).worker();
      LocalPass pass = round.passes().get(i);
      partByShard.put(pass.shard(), new Part(round.number(), worker, pass, ownSlots.of(i)));
    }
  }

  private record Part(int round, int worker, LocalPass pass, SentState ownSlots)
      implements Serializable {}

  /** What this executor keeps for the run. */
  ReplicaPool pool() {
    return ReplicaPool.of(spec.value());
  }

  /**
   * Trains the replica.
   *
   * @param number of the shard
   * @param target overwritten with the worker's result
   */
  WorkerResult train(ReplicaPool.Kept kept, int number, Shard shard, State target) {
    Part part = partByShard.get(number);
    try {
      long begin = System.nanoTime();
      load(kept, part);
      long loaded = System.nanoTime();
      MiniBatches miniBatches = pool().miniBatches(part.pass(), shard);
      PassResult trained = part.pass().run(kept.replica(), pool().spec(), miniBatches);
      long passed = System.nanoTime();
      kept.replica().read(target);
      // A step may have a loss and yet leave a state that has none: the next loss is NaN then.
      var notFinite = target.notFinite(statisticsNotFinite);
      long exchange = loaded - begin + System.nanoTime() - passed;
      return new WorkerResult(
          part.worker(),
          trained,
          (passed - loaded) / 1e9,
          exchange / 1e9,
          notFinite,
          kept.replica().miscounted());
    } catch (IllegalArgumentException | IllegalStateException | UnsupportedOperationException e) {
      throw WorkerFailed.on(part.round(), part.worker(), number, e);
    }
  }

  private void load(ReplicaPool.Kept kept, Part part) {
    if (optimizerState == OptimizerState.AVERAGED && sent.inThisJvm().isPresent()) {
      kept.replica().load(sent.inThisJvm().get());
      return;
    }
    State state = kept.state();
    switch (optimizerState) {
      case AVERAGED -> sent.receive(state);
      case RESET -> {
        sent.receive(state.withoutSlots());
        state.slots().forEach(LocalPassTask::clear);
      }
      case KEPT -> {
        sent.receive(state.withoutSlots());
        part.ownSlots().receive(WorkerOptimizerState.alone(state));
      }
    }
    kept.replica().load(state);
  }

  private static void clear(Blocks slot) {
    for (int i = 0; i < slot.count(); i++) {
      Arrays.fill(slot.block(i), 0);
    }
  }

  /** What of the worker's result goes back to the driver, as a view. */
  State answer(State result) {
    return optimizerState == OptimizerState.RESET ? result.withoutSlots() : result;
  }

  /** A chunk of {@link #answer} as it crosses the wire. */
  byte[] encode(State answer, Chunk chunk) {
    return transfer == WireFormat.FLOAT32
        ? StateBytes.encode(answer, chunk, transfer)
        : StateBytes.encodeChange(answer, sent.values(chunk), chunk);
  }
}
