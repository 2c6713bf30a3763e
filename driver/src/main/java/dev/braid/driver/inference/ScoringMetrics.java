package dev.braid.driver.inference;

import dev.braid.driver.run.RunNumbers;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/**
 * A scoring's numbers in Spark's own metrics system.
 *
 * <pre>
 *   braid.rows braid.quarantinedRows         of this run, as far as tasks have ended
 *   braid.batch braid.rowsPerSecond          the batch that is being scored
 * </pre>
 */
public final class ScoringMetrics extends RunNumbers implements Consumer<ScoringProgress> {
  private static final ScoringProgress NOTHING = new ScoringProgress(0, 0, 0, 0, 1);

  private ScoringProgress last = NOTHING;
  private long rowsBefore;
  private long quarantinedBefore;

  /** Registers with the SparkContext of this process. */
  public ScoringMetrics() {
    super("braid");
    ofLast("batch", ScoringProgress::batch);
    ofLast("rows", progress -> rowsBefore + progress.rows());
    ofLast("quarantinedRows", progress -> quarantinedBefore + progress.quarantined());
    ofLast("rowsPerSecond", progress -> progress.rows() / progress.batchSeconds());
    register();
  }

  private void ofLast(String name, ToDoubleFunction<ScoringProgress> number) {
    gauge(
        name,
        () -> {
          synchronized (this) {
            return number.applyAsDouble(last);
          }
        });
  }

  @Override
  public synchronized void accept(ScoringProgress progress) {
    if (progress.batch() != last.batch()) {
      rowsBefore += last.rows();
      quarantinedBefore += last.quarantined();
    }
    last = progress;
  }
}
