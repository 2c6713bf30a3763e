package dev.braid.jobs.schedule;

import dev.braid.driver.cluster.ScheduleMetrics;
import dev.braid.jobs.schedule.HistoryLine.Outcome;
import dev.braid.jobs.schedule.ScheduleFile.Job;
import dev.braid.jobs.schedule.ScheduleFile.Missed;
import dev.braid.jobs.schedule.ScheduleFile.Overlap;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;

/**
 * The jobs of a file while they run, in one Spark application.
 *
 * <pre>
 *   a job is due                       Ticker
 *   skip, queue or run                 by the job's overlap
 *   note that it begins                TickHistory, on the disk before the run begins
 *   run, retry, call off at the limit  ScheduledRun, in the job's pool
 *   note the outcome                   TickHistory
 * </pre>
 */
final class JobScheduler {
  private static final int CALLED_OFF_SECONDS = 30;

  private final SparkSession spark;
  private final TickHistory history;
  private final PrintWriter out;
  private final ScheduleMetrics metrics;
  private final Ticker ticker = new Ticker();
  private final ExecutorService runs = Executors.newCachedThreadPool();
  private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2);
  private final Map<String, Entry> entries = new HashMap<>();
  private boolean stopping;

  /** A job and what it is doing. */
  private static final class Entry {
    private Job job;
    private Cron cron;

    /** The newest tick that was dealt with, or from when on ticks count. */
    private Instant seen;

    private final List<ScheduledRun> running = new ArrayList<>();
    private final ArrayDeque<Instant> waiting = new ArrayDeque<>();
  }

  JobScheduler(SparkSession spark, TickHistory history, PrintWriter out, ScheduleMetrics metrics) {
    this.spark = spark;
    this.history = history;
    this.out = out;
    this.metrics = metrics;
  }

  /** Begins: first what was missed, then every tick as it comes. */
  synchronized void start(ScheduleFile file) {
    Instant now = Instant.now();
    use(file);
    for (Job job : file.jobs()) {
      Entry entry = entries.get(job.name());
      Instant last = history.lastTick(job.name());
      if (last != null) {
        entry.seen = last;
        Instant missed = noteMissed(entry, now, job.missed());
        if (missed != null) {
          begin(entry, missed);
        }
      }
    }
    ticker.start();
  }

  /** Notes the ticks that went by unseen before {@code now}; the one that is to run after all. */
  private Instant noteMissed(Entry entry, Instant now, Missed policy) {
    Cron.Elapsed gone = entry.cron.between(entry.seen, now);
    if (gone.count() == 0) {
      return null;
    }
    entry.seen = gone.last();
    Cron.Elapsed left =
        policy == Missed.ONCE ? entry.cron.between(gone.first().minusMillis(1), gone.last()) : gone;
    if (left.count() > 0) {
      String why = "the scheduler was down";
      note(
          HistoryLine.leftOut(
              entry.job.name(),
              left.last(),
              Outcome.MISSED,
              left.count() == 1
                  ? why
                  : "%s: %d ticks from %s".formatted(why, left.count(), left.first())));
    }
    return policy == Missed.ONCE ? gone.last() : null;
  }

  /** Takes over a file that was read anew: what is running goes on. */
  synchronized void use(ScheduleFile file) {
    Map<String, Job> wanted = new HashMap<>();
    file.jobs().forEach(job -> wanted.put(job.name(), job));
    for (Entry entry : entries.values()) {
      Job job = wanted.get(entry.job.name());
      if (job == null || !isDueAsBefore(job, entry.job)) {
        ticker.remove(entry.job.name());
      }
      if (job == null || job.overlap() != Overlap.QUEUE) {
        leaveWaiting(entry, Outcome.SKIPPED, "the schedule has changed");
      }
    }
    for (Job job : file.jobs()) {
      Entry entry = entries.computeIfAbsent(job.name(), name -> new Entry());
      entry.job = job;
      if (!ticker.has(job.name())) {
        entry.cron = job.when();
        entry.seen = Instant.now();
        ticker.add(job.name(), entry.cron, tick -> due(job.name(), tick));
      }
    }
  }

  private static boolean isDueAsBefore(Job job, Job before) {
    return job.cron().equals(before.cron()) && job.timeZone().equals(before.timeZone());
  }

  private void leaveWaiting(Entry entry, Outcome outcome, String why) {
    for (Instant tick = entry.waiting.poll(); tick != null; tick = entry.waiting.poll()) {
      note(HistoryLine.leftOut(entry.job.name(), tick, outcome, why));
    }
  }

  private synchronized void due(String name, Instant tick) {
    Entry entry = entries.get(name);
    if (stopping || !tick.isAfter(entry.seen)) {
      return;
    }
    noteMissed(entry, tick, Missed.SKIP); // while the machine slept
    entry.seen = tick;
    if (entry.running.isEmpty() || entry.job.overlap() == Overlap.BOTH) {
      begin(entry, tick);
    } else if (entry.job.overlap() == Overlap.QUEUE) {
      entry.waiting.add(tick);
    } else {
      note(HistoryLine.leftOut(name, tick, Outcome.SKIPPED, "the last run was still going"));
    }
  }

  private void begin(Entry entry, Instant tick) {
    Job job = entry.job;
    history.begin(job.name(), tick);
    ScheduledRun run = new ScheduledRun(spark, job, tick, clock);
    entry.running.add(run);
    runs.execute(
        () -> {
          Instant start = Instant.now();
          HistoryLine line;
          try {
            line = run.run();
          } catch (Throwable e) { // the scheduler goes on whatever becomes of a job
            line =
                HistoryLine.broken(
                    job.name(), tick, Outcome.FAILED, HistoryLine.Run.endedNow(start, 1), e);
          }
          ended(entry, run, line);
        });
  }

  private synchronized void ended(Entry entry, ScheduledRun run, HistoryLine line) {
    note(line);
    if (line.scored() == null) {
      metrics.failed();
    } else {
      metrics.ended(line.scored().rows(), line.scored().quarantined());
    }
    entry.running.remove(run);
    if (!stopping && entry.running.isEmpty() && !entry.waiting.isEmpty()) {
      begin(entry, entry.waiting.poll());
    }
    notifyAll();
  }

  private void note(HistoryLine line) {
    history.add(line);
    out.printf(
        "%s  %s  %s%s%s%n",
        line.tick(),
        line.job(),
        line.outcome(),
        line.scored() == null
            ? ""
            : "  %,d rows, %,d to the quarantine"
                .formatted(line.scored().rows(), line.scored().quarantined()),
        line.message() == null ? "" : "  " + line.message());
    out.flush();
  }

  /**
   * No more ticks; lets incremental runs end after the batch they are at, waits for the others, and
   * calls off what takes longer.
   */
  void stop(int seconds) {
    try {
      ticker.stop();
      for (ScheduledRun run : startToStop()) {
        run.handOver();
      }
      for (ScheduledRun run : waitForRuns(seconds)) {
        run.callOff(Outcome.CALLED_OFF);
      }
      waitForRuns(CALLED_OFF_SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      runs.shutdownNow();
      clock.shutdownNow();
    }
  }

  private synchronized List<ScheduledRun> startToStop() {
    stopping = true;
    for (Entry entry : entries.values()) {
      leaveWaiting(entry, Outcome.CALLED_OFF, "the scheduler was asked to stop");
    }
    return running();
  }

  private List<ScheduledRun> running() {
    return entries.values().stream().flatMap(entry -> entry.running.stream()).toList();
  }

  /** Waits for runs to end; those that have not. */
  private synchronized List<ScheduledRun> waitForRuns(int seconds) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (!running().isEmpty()) {
      long millis = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
      if (millis <= 0) {
        break;
      }
      wait(millis);
    }
    return running();
  }
}
