package dev.braid.driver.cluster;

import com.codahale.metrics.Counter;
import dev.braid.driver.run.RunNumbers;

/**
 * What the runs of a schedule have done, in Spark's own metrics system.
 *
 * <pre>
 *   braid.schedule.runs braid.schedule.failures          that have ended, and how many not as they should
 *   braid.schedule.rows braid.schedule.quarantinedRows   of those that have
 * </pre>
 */
public final class ScheduleMetrics extends RunNumbers {
  private final Counter runs = registry.counter("runs");
  private final Counter failures = registry.counter("failures");
  private final Counter rows = registry.counter("rows");
  private final Counter quarantinedRows = registry.counter("quarantinedRows");

  /** Registers with the SparkContext of this process. */
  public ScheduleMetrics() {
    super("braid.schedule");
    register();
  }

  /** Counts a run that has scored its rows. */
  public void ended(long numRows, long numQuarantined) {
    runs.inc();
    rows.inc(numRows);
    quarantinedRows.inc(numQuarantined);
  }

  /** Counts a run that has not. */
  public void failed() {
    runs.inc();
    failures.inc();
  }
}
