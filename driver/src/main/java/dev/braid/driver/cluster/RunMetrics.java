package dev.braid.driver.cluster;

import com.codahale.metrics.Counter;
import dev.braid.driver.run.RunNumbers;
import dev.braid.driver.training.RoundReport;
import dev.braid.driver.training.TrainingListener;
import java.util.function.ToDoubleFunction;

/**
 * A training's numbers in Spark's own metrics system.
 *
 * <pre>
 *   braid.round braid.epoch braid.loss braid.examplesPerSecond
 *   braid.computeSeconds braid.exchangeSeconds braid.schedulingSeconds      of the last round
 *   braid.examples                                                          so far
 * </pre>
 */
public final class RunMetrics extends RunNumbers implements TrainingListener {
  private final Counter examples = registry.counter("examples");
  private volatile RoundReport last;

  /** Registers with the SparkContext of this process. */
  public RunMetrics() {
    super("braid");
    ofLast("round", report -> report.at().round() + 1);
    ofLast("epoch", report -> report.at().epoch() + 1);
    ofLast("loss", report -> report.pass().loss());
    ofLast("examplesPerSecond", report -> report.pass().examples() / report.times().seconds());
    ofLast("computeSeconds", report -> report.times().computeSeconds());
    ofLast("exchangeSeconds", report -> report.times().exchangeSeconds());
    ofLast("schedulingSeconds", report -> report.times().schedulingSeconds());
    register();
  }

  private void ofLast(String name, ToDoubleFunction<RoundReport> number) {
    gauge(name, () -> last == null ? 0 : number.applyAsDouble(last));
  }

  @Override
  public void round(RoundReport report) {
    last = report;
    examples.inc(report.pass().examples());
  }
}
