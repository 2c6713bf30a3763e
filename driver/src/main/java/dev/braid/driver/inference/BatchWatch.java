package dev.braid.driver.inference;

import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.spark.util.CollectionAccumulator;

/**
 * Tells every few seconds how far a batch is.
 *
 * @param begin of the batch, as {@link System#nanoTime} tells it
 */
record BatchWatch(
    long batch,
    CollectionAccumulator<TaskCounts> ended,
    int numTasks,
    Consumer<ScoringProgress> listener,
    long begin,
    ScheduledExecutorService clock)
    implements AutoCloseable {
  private static final int SECONDS = 2;

  /**
   * Begins to watch.
   *
   * @param ended what tasks report that have scored their last row
   */
  static BatchWatch of(
      long batch,
      CollectionAccumulator<TaskCounts> ended,
      int numTasks,
      Consumer<ScoringProgress> listener) {
    ScheduledExecutorService clock =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "scoring progress");
              thread.setDaemon(true);
              return thread;
            });
    BatchWatch watch = new BatchWatch(batch, ended, numTasks, listener, System.nanoTime(), clock);
    var unused = clock.scheduleAtFixedRate(watch::look, SECONDS, SECONDS, TimeUnit.SECONDS);
    return watch;
  }

  /** Tells how far the batch is now. */
  void look() {
    List<TaskCounts> tasks = ended.value();
    listener.accept(
        new ScoringProgress(
            batch,
            tasks.stream().mapToLong(task -> task.counts().rows()).sum(),
            tasks.stream().mapToLong(task -> task.counts().quarantined()).sum(),
            (double) tasks.size() / Math.max(1, numTasks),
            (System.nanoTime() - begin) / 1e9));
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
