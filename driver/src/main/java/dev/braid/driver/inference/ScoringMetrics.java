package dev.braid.driver.inference;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.source.Source;

/**
 * A scoring's numbers in Spark's own metrics system, which hands them to whatever sinks it has:
 * Prometheus reads them at {@code /metrics/prometheus/} of the driver's web page.
 *
 * <pre>
 *   braid.rows braid.quarantinedRows         of this run, as far as tasks have ended
 *   braid.batch braid.rowsPerSecond          the batch that is being scored
 * </pre>
 */
public final class ScoringMetrics implements Source, Consumer<ScoringProgress>, AutoCloseable {
  private static final ScoringProgress NOTHING = new ScoringProgress(0, 0, 0, 0, 1);

  private final MetricRegistry registry = new MetricRegistry();
  private ScoringProgress last = NOTHING;
  private long rowsBefore;
  private long quarantinedBefore;

  /** Registers with the SparkContext of this process. */
  public ScoringMetrics() {
    gauge("batch", ScoringProgress::batch);
    gauge("rows", progress -> rowsBefore + progress.rows());
    gauge("quarantinedRows", progress -> quarantinedBefore + progress.quarantined());
    gauge("rowsPerSecond", progress -> progress.rows() / progress.batchSeconds());
    SparkEnv.get().metricsSystem().registerSource(this);
  }

  private void gauge(String name, ToDoubleFunction<ScoringProgress> value) {
    Gauge<Number> gauge =
        () -> {
          synchronized (this) {
            return value.applyAsDouble(last);
          }
        };
    registry.register(name, gauge);
  }

  @Override
  public synchronized void accept(ScoringProgress progress) {
    if (progress.batch() != last.batch()) {
      rowsBefore += last.rows();
      quarantinedBefore += last.quarantined();
    }
    last = progress;
  }

  @Override
  public String sourceName() {
    return "braid";
  }

  @Override
  public MetricRegistry metricRegistry() {
    return registry;
  }

  @Override
  public void close() {
    SparkEnv env = SparkEnv.get();
    if (env != null) {
      env.metricsSystem().removeSource(this);
    }
  }
}
