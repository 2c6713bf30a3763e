package dev.braid.driver.run;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.function.Supplier;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.source.Source;

/**
 * A run's numbers in Spark's own metrics system, which hands them to whatever sinks it has:
 * Prometheus reads them at {@code /metrics/prometheus/} of the driver's web page.
 */
public abstract class RunNumbers implements Source, AutoCloseable {
  /** Those there are. */
  protected final MetricRegistry registry = new MetricRegistry();

  private final String name;

  /**
   * @param name stands in front of theirs
   */
  protected RunNumbers(String name) {
    this.name = name;
  }

  /** Shows a number that is looked up when it is asked for. */
  protected final void gauge(String number, Supplier<Number> value) {
    Gauge<Number> gauge = value::get;
    registry.register(number, gauge);
  }

  /** Registers with the SparkContext of this process. */
  protected final void register() {
    SparkEnv.get().metricsSystem().registerSource(this);
  }

  @Override
  public final String sourceName() {
    return name;
  }

  @Override
  public final MetricRegistry metricRegistry() {
    return registry;
  }

  @Override
  public final void close() {
    SparkEnv env = SparkEnv.get();
    if (env != null) {
      env.metricsSystem().removeSource(this);
    }
  }
}
