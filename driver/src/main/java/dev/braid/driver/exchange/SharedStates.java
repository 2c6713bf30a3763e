package dev.braid.driver.exchange;

import dev.braid.worker.state.State;
import java.io.Serializable;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * States that driver and tasks hand each other by reference where they share a JVM, as on an
 * embedded Spark: on the way through Spark's serialiser and block manager each would be copied some
 * five times. They are never written to once they are here, and are forgotten at {@link #close}.
 */
public final class SharedStates implements Serializable, AutoCloseable {
  private static final long serialVersionUID = 1;
  private static final Map<UUID, Map<Long, State>> OPEN = new ConcurrentHashMap<>();

  private final UUID id = UUID.randomUUID();

  private SharedStates() {}

  /** A place for states, open until closed. */
  public static SharedStates open() {
    SharedStates states = new SharedStates();
    OPEN.put(states.id, new ConcurrentHashMap<>());
    return states;
  }

  /**
   * Leaves a state here. After {@link #close} nobody asks for it any more, and it is dropped.
   *
   * @param key whose, or made by which attempt of a task
   */
  public void put(long key, State state) {
    Map<Long, State> states = OPEN.get(id);
    if (states != null) {
      states.put(key, state);
    }
  }

  /** The state that was left under this key, while this is open, in the JVM where that was. */
  public Optional<State> get(long key) {
    return Optional.ofNullable(OPEN.get(id)).map(states -> states.get(key));
  }

  @Override
  public void close() {
    OPEN.remove(id);
  }
}
