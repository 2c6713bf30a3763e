package dev.braid.driver.checkpoint;

import dev.braid.worker.state.State;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * All a run needs to go on as if it had never stopped.
 *
 * @param round rounds done
 * @param settings of the run, flat: {@code training.workers} to {@code 4}
 * @param progress counters and the like, as text that only the training understands
 * @param states by name, in order
 */
public record Checkpoint(
    int round, Map<String, String> settings, String progress, Map<String, State> states)
    implements Saved {
  public Checkpoint {
    settings = Map.copyOf(settings);
    states = Collections.unmodifiableMap(new LinkedHashMap<>(states));
  }
}
