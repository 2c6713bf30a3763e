package dev.braid.driver.checkpoint;

import static dev.braid.worker.Check.require;

/**
 * When checkpoints are written: section {@code training.checkpoint} of a job file. One is due when
 * either measure says so, and at the end of the run.
 *
 * @param everyRounds rounds between two; not counted if left out
 * @param everyMinutes minutes between two; 10 if both are left out
 * @param keep how many of the newest are kept; 2 if left out
 */
public record CheckpointPlan(Integer everyRounds, Double everyMinutes, Integer keep) {
  /** Every 10 minutes, the newest two kept. */
  public static final CheckpointPlan DEFAULT = new CheckpointPlan(null, 10.0, 2);

  public CheckpointPlan {
    if (everyMinutes == null && everyRounds == null) {
      everyMinutes = DEFAULT.everyMinutes;
    }
    keep = keep == null ? DEFAULT.keep : keep;
    require(
        everyRounds == null || everyRounds > 0,
        "checkpoint.everyRounds must be at least 1, got %s",
        everyRounds);
    require(
        everyMinutes == null || everyMinutes > 0,
        "checkpoint.everyMinutes must be above 0, got %s",
        everyMinutes);
    require(keep > 0, "checkpoint.keep must be at least 1, got %d", keep);
  }

  /** By rounds alone. */
  public static CheckpointPlan everyRounds(int rounds, int keep) {
    return new CheckpointPlan(rounds, null, keep);
  }

  /**
   * Whether one is due.
   *
   * @param round rounds done
   * @param seconds since the last one
   */
  public boolean isDue(int round, double seconds) {
    return (everyRounds != null && round % everyRounds == 0)
        || (everyMinutes != null && seconds >= everyMinutes * 60);
  }
}
