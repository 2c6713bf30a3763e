package dev.braid.driver.exchange;

import dev.braid.driver.plan.OptimizerState;
import dev.braid.driver.wire.SentState;
import dev.braid.driver.wire.WireFormat;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.State;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;

/** The optimizer state that each worker goes on with by itself, see {@link OptimizerState#KEPT}. */
public final class WorkerOptimizerState {
  private final List<State> slots = new ArrayList<>();
  private final long[] updates;

  /**
   * @param workers of the run; 0 when nothing is kept
   * @param initial what each begins with
   */
  public WorkerOptimizerState(int workers, State initial) {
    for (int i = 0; i < workers; i++) {
      slots.add(alone(initial).copy());
    }
    updates = new long[workers];
  }

  /** A view of the state that has the optimizer's slots alone. */
  static State alone(State state) {
    return new State(Blocks.zeros(0), state.slots(), Blocks.zeros(0));
  }

  /** Room for what a worker returns: a state like {@code state}, with slots where they are kept. */
  State with(State state) {
    State room = state.copy();
    return slots.isEmpty()
        ? room
        : new State(room.params(), slots.get(0).copy().slots(), room.statistics());
  }

  /** What is broadcast for one round, by place in the round; may be empty. */
  record Sent(List<SentState> states) implements AutoCloseable {
    SentState of(int place) {
      return states.isEmpty() ? null : states.get(place);
    }

    @Override
    public void close() {
      states.forEach(SentState::close);
    }
  }

  Sent send(JavaSparkContext sc, Round round) {
    if (slots.isEmpty()) {
      return new Sent(List.of());
    }
    return new Sent(
        round.shares().stream()
            .map(share -> SentState.send(sc, slots.get(share.worker()), WireFormat.FLOAT32))
            .toList());
  }

  /** Takes over what a worker has made of its own. */
  void take(int worker, State returned, int steps) {
    if (!slots.isEmpty()) {
      slots.get(worker).copyFrom(alone(returned));
      updates[worker] += steps;
    }
  }

  /** Updates a worker's own has undergone. */
  public long updates(int worker) {
    return updates[worker];
  }

  /** All of it, to be kept in a checkpoint. */
  public Map<String, State> states() {
    Map<String, State> states = new LinkedHashMap<>();
    for (int worker = 0; worker < slots.size(); worker++) {
      states.put("slots of worker " + worker, slots.get(worker));
    }
    return states;
  }

  public List<Long> allUpdates() {
    List<Long> all = new ArrayList<>();
    for (long n : updates) {
      all.add(n);
    }
    return all;
  }

  /** Goes on from what {@link #states} and {@link #allUpdates} were. */
  public void restore(Map<String, State> saved, List<Long> savedUpdates) {
    states().forEach((name, state) -> state.copyFrom(saved.get(name)));
    for (int worker = 0; worker < updates.length; worker++) {
      updates[worker] = savedUpdates.get(worker);
    }
  }
}
