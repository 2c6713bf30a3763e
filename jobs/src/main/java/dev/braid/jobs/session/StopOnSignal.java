package dev.braid.jobs.session;

import dev.braid.driver.run.Stop;
import dev.braid.driver.run.Stopped;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.hadoop.util.ShutdownHookManager;

/**
 * Turns the signals that end a process (SIGTERM, Ctrl-C) into a request to stop, and keeps Spark
 * and the process alive until the run has written its last checkpoint. A process that ends before
 * the run has begun, or from within it, is not kept.
 */
public final class StopOnSignal implements AutoCloseable {
  /** Before Spark's own hook, which stops the SparkContext: hooks of a higher number run first. */
  private static final int BEFORE_SPARK = 100;

  private static final int MAX_MINUTES = 10;
  private static final int MILLIS_BETWEEN_LOOKS = 100;

  private final Stop stop = new Stop();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final PrintWriter out;
  private final Runnable hook = this::onSignal;
  private volatile Thread training;

  public StopOnSignal(PrintWriter out) {
    this.out = out;
    ShutdownHookManager.get().addShutdownHook(hook, BEFORE_SPARK, MAX_MINUTES, TimeUnit.MINUTES);
  }

  /** What a run looks at. */
  public Stop stop() {
    return stop;
  }

  /** What a run comes to, or the word with which it has stopped, and the exception again. */
  public <T> T sayWhenStopped(Supplier<T> work) {
    training = Thread.currentThread();
    try {
      return work.get();
    } catch (Stopped e) {
      out.println("braid: " + e.getMessage());
      out.flush();
      throw e;
    }
  }

  private void onSignal() {
    stop.request();
    if (!canEnd(training)) {
      return; // there is nothing to save
    }
    out.println("braid: asked to stop, writing a checkpoint ...");
    out.flush();
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(MAX_MINUTES);
    try {
      while (canEnd(training)
          && !ended.await(MILLIS_BETWEEN_LOOKS, TimeUnit.MILLISECONDS)
          && System.nanoTime() < deadline) {
        // its rounds are called off
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether a thread works; one that has itself called for the end of the process waits for us. */
  private static boolean canEnd(Thread thread) {
    return thread != null
        && thread.isAlive()
        && Arrays.stream(thread.getStackTrace())
            .noneMatch(frame -> frame.getClassName().equals("java.lang.Shutdown"));
  }

  /** Lets the process go. */
  @Override
  public void close() {
    ended.countDown();
    if (!ShutdownHookManager.get().isShutdownInProgress()) {
      ShutdownHookManager.get().removeShutdownHook(hook);
    }
  }
}
