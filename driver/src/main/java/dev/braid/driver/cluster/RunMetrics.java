package dev.braid.driver.cluster;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import dev.braid.driver.training.EpochReport;
import dev.braid.driver.training.RoundReport;
import dev.braid.driver.training.TrainingListener;
import java.util.function.Supplier;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.source.Source;

/**
 * A training's numbers in Spark's own metrics system, which hands them to whatever sinks it has:
 * Prometheus reads them at {@code /metrics/prometheus/} of the driver's web page.
 *
 * <pre>
 *   braid.round braid.epoch braid.loss braid.examplesPerSecond
 *   braid.computeSeconds braid.exchangeSeconds braid.schedulingSeconds      of the last round
 *   braid.examples                                                          so far
 * </pre>
 */
public final class RunMetrics implements Source, TrainingListener, AutoCloseable {
  private final MetricRegistry registry = new MetricRegistry();
  private final Counter examples = registry.counter("examples");
  private volatile RoundReport last;

  /** Registers with the SparkContext of this process. */
  public RunMetrics() {
    gauge("round", () -> last.round() + 1);
    gauge("epoch", () -> last.epoch() + 1);
    gauge("loss", () -> last.loss());
    gauge("examplesPerSecond", () -> last.examples() / last.seconds());
    gauge("computeSeconds", () -> last.computeSeconds());
    gauge("exchangeSeconds", () -> last.exchangeSeconds());
    gauge("schedulingSeconds", () -> last.schedulingSeconds());
    SparkEnv.get().metricsSystem().registerSource(this);
  }

  private void gauge(String name, Supplier<Number> value) {
    Gauge<Number> gauge = () -> last == null ? 0 : value.get();
    registry.register(name, gauge);
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
  public void round(RoundReport report) {
    last = report;
    examples.inc(report.examples());
  }

  @Override
  public void epoch(EpochReport report) {}

  @Override
  public void close() {
    SparkEnv env = SparkEnv.get();
    if (env != null) {
      env.metricsSystem().removeSource(this);
    }
  }
}
