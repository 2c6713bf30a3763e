package dev.braid.driver.checkpoint;

import static dev.braid.worker.Check.require;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Which settings differ between a checkpoint and the run that wants to go on from it. */
public final class ChangedSettings {
  private static final int MAX_NAMED = 10;

  private ChangedSettings() {}

  /**
   * Does nothing when all settings that matter are the same.
   *
   * @param then of the checkpoint, flat: {@code training.workers} to {@code 4}
   * @param now of the run
   * @param free settings that cannot change the result, with all that lies below them
   * @throws IllegalArgumentException naming each that differs, with both values
   */
  public static void requireNone(
      String checkpoint,
      Map<String, String> then,
      Map<String, String> now,
      Collection<String> free) {
    List<String> changed = new ArrayList<>();
    TreeSet<String> keys = new TreeSet<>(then.keySet());
    keys.addAll(now.keySet());
    for (String key : keys) {
      String before = then.getOrDefault(key, "left out");
      String after = now.getOrDefault(key, "left out");
      if (!before.equals(after) && !isBelow(key, free)) {
        changed.add("%s was %s and is %s".formatted(key, before, after));
      }
    }
    int more = changed.size() - MAX_NAMED;
    require(
        changed.isEmpty(),
        "%s is of a run with other settings: %s%s; set them back, or start anew without --resume",
        checkpoint,
        String.join("; ", changed.subList(0, Math.min(MAX_NAMED, changed.size()))),
        more > 0 ? "; and " + more + " more" : "");
  }

  private static boolean isBelow(String key, Collection<String> free) {
    return free.stream()
        .anyMatch(
            prefix ->
                key.equals(prefix) || key.startsWith(prefix + ".") || key.startsWith(prefix + "["));
  }
}
