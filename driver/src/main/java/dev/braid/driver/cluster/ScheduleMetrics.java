package dev.braid.driver.cluster;

import com.codahale.metrics.Counter;
import com.codahale.metrics.MetricRegistry;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.source.Source;

/**
 * What the runs of a schedule have done, in Spark's own metrics system: Prometheus reads it at
 * {@code /metrics/prometheus/} of the driver's web page.
 *
 * <pre>
 *   braid.schedule.runs braid.schedule.failures          that have ended, and how many not as they should
 *   braid.schedule.rows braid.schedule.quarantinedRows   of those that have
 * </pre>
 */
public final class ScheduleMetrics implements Source, AutoCloseable {
  private final MetricRegistry registry = new MetricRegistry();
  private final Counter runs = registry.counter("runs");
  private final Counter failures = registry.counter("failures");
  private final Counter rows = registry.counter("rows");
  private final Counter quarantinedRows = registry.counter("quarantinedRows");

  /** Registers with the SparkContext of this process. */
  public ScheduleMetrics() {
    SparkEnv.get().metricsSystem().registerSource(this);
  }

  @Override
  public String sourceName() {
    return "braid.schedule";
  }

  @Override
  public MetricRegistry metricRegistry() {
    return registry;
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

  @Override
  public void close() {
    SparkEnv env = SparkEnv.get();
    if (env != null) {
      env.metricsSystem().removeSource(this);
    }
  }
}
