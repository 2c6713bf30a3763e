package dev.braid.driver.checkpoint;

import java.util.Map;

/** What every checkpoint says of itself, whatever it holds. */
public interface Saved {
  /** Rounds done. */
  int round();

  /** Those of the run, flat: {@code training.workers} to {@code 4}. */
  Map<String, String> settings();
}
