package dev.braid.driver.wire;

import java.io.Serializable;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What driver and tasks hand each other by reference where they share a JVM, as on an embedded
 * Spark: on the way through Spark's serialiser and block manager a state would be copied some five
 * times. It is never written to once it is here, and is forgotten at {@link #close}.
 *
 * @param <T> what is shared: states, rows
 */
public final class Shared<T> implements Serializable, AutoCloseable {
  private static final long serialVersionUID = 1;
  private static final Map<UUID, Map<Long, Object>> OPEN = new ConcurrentHashMap<>();

  private final UUID id = UUID.randomUUID();

  private Shared() {}

  /** A place, open until closed. */
  public static <T> Shared<T> open() {
    Shared<T> place = new Shared<>();
    OPEN.put(place.id, new ConcurrentHashMap<>());
    return place;
  }

  /**
   * Leaves something here. After {@link #close} nobody asks for it any more, and it is dropped.
   *
   * @param key whose, or made by which attempt of a task
   */
  public void put(long key, T value) {
    Map<Long, Object> here = OPEN.get(id);
    if (here != null) {
      here.put(key, value);
    }
  }

  /** What was left under this key, while this is open, in the JVM where that was. */
  @SuppressWarnings("unchecked") // only put writes here
  public Optional<T> get(long key) {
    return Optional.ofNullable((T) OPEN.getOrDefault(id, Map.of()).get(key));
  }

  @Override
  public void close() {
    OPEN.remove(id);
  }
}
