package dev.braid.jobs.schedule;

import dev.braid.driver.checkpoint.FolderLock;
import dev.braid.driver.inference.InferenceSettings;
import dev.braid.driver.run.Stop;
import dev.braid.jobs.inference.InferSummary;
import dev.braid.jobs.inference.Inference;
import dev.braid.jobs.schedule.HistoryLine.Outcome;
import dev.braid.jobs.schedule.HistoryLine.Run;
import dev.braid.jobs.session.JobOptions;
import dev.braid.jobs.session.Session;
import dev.braid.jobs.settings.SettingsFile;
import java.time.Instant;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;

/** One run of a scheduled job, with its retries and its time limit. */
final class ScheduledRun {
  private static final int LOOK_MILLIS = 50;

  private final SparkSession spark;
  private final ScheduleFile.Job job;
  private final Instant tick;
  private final ScheduledExecutorService clock;
  private final Stop stop = new Stop();
  private volatile Inference inference;
  private volatile boolean handingOver;
  private volatile Outcome calledOff;
  private volatile boolean ended;

  ScheduledRun(
      SparkSession spark, ScheduleFile.Job job, Instant tick, ScheduledExecutorService clock) {
    this.spark = spark;
    this.job = job;
    this.tick = tick;
    this.clock = clock;
  }

  /** Runs to the end, whatever it is; blocks. */
  HistoryLine run() {
    Instant start = Instant.now();
    ScheduledFuture<?> limit =
        job.limitSeconds() == null
            ? null
            : clock.schedule(
                () -> callOff(Outcome.OVER_LIMIT), job.limitSeconds(), TimeUnit.SECONDS);
    try {
      for (int attempt = 1; ; attempt++) {
        try {
          InferSummary done = attempt();
          return HistoryLine.ended(job.name(), tick, Run.endedNow(start, attempt), done);
        } catch (Exception
            | LinkageError
            | OutOfMemoryError e) { // Spark throws what it does not declare
          if (attempt > job.retries().times() || !waited(attempt)) {
            Outcome outcome = calledOff != null ? calledOff : Outcome.FAILED;
            return HistoryLine.broken(job.name(), tick, outcome, Run.endedNow(start, attempt), e);
          }
        }
      }
    } finally {
      ended = true;
      if (limit != null) {
        limit.cancel(false);
      }
    }
  }

  private InferSummary attempt() {
    SettingsFile file = JobOptions.file(job.file());
    InferenceSettings settings = file.as(InferenceSettings.class);
    String folder =
        settings.output().folder() != null
            ? settings.output().folder()
            : "runs/" + job.name() + "-" + tick.toString().replaceAll("[^0-9TZ]", "");
    return FolderLock.holding(
        folder, "schedule " + job.name(), Session.hadoop(), () -> attempt(file, settings, folder));
  }

  private InferSummary attempt(SettingsFile file, InferenceSettings settings, String folder) {
    spark.sparkContext().setLocalProperty("spark.scheduler.pool", job.pool());
    inference = Inference.check(job.name(), file, settings, folder, Session.hadoop());
    if (handingOver) { // perhaps before there was anybody to tell
      inference.run().handOver();
    }
    if (calledOff != null) {
      throw new IllegalStateException("called off");
    }
    return inference.run(spark.newSession(), stop, progress -> {});
  }

  /** Waits before the next attempt; false when there is to be none. */
  private boolean waited(int attempt) {
    long until = System.nanoTime() + (long) (job.retries().waitSeconds(attempt) * 1e9);
    try {
      while (calledOff == null && !handingOver && System.nanoTime() < until) {
        Thread.sleep(LOOK_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    return calledOff == null && !handingOver;
  }

  /** Asks an incremental run to end after the batch it is at, from another thread. */
  void handOver() {
    handingOver = true;
    Inference running = inference;
    if (running != null) {
      running.run().handOver();
    }
  }

  /** Ends the run, from another thread. */
  void callOff(Outcome outcome) {
    if (ended) {
      return;
    }
    calledOff = calledOff == null ? outcome : calledOff;
    stop.request();
  }
}
