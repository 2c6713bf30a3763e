package dev.braid.jobs.schedule;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A file of {@code braid schedule}.
 *
 * @param jobs what runs when
 * @param pools weights of the pools that share the cluster, by name; a pool that is not named has
 *     weight 1
 * @param history the local folder of what has run; runs/schedule if left out
 * @param stopSeconds how long running jobs may go on after SIGTERM; 60 if left out
 */
public record ScheduleFile(
    @JsonProperty(required = true) List<Job> jobs,
    Map<String, Integer> pools,
    Path history,
    Integer stopSeconds) {
  public ScheduleFile {
    require(jobs != null && !jobs.isEmpty(), "jobs is empty: nothing to run");
    jobs = List.copyOf(jobs);
    pools = pools == null ? Map.of() : Map.copyOf(pools);
    history = history == null ? Path.of("runs/schedule") : history;
    stopSeconds = stopSeconds == null ? 60 : stopSeconds;
    require(stopSeconds >= 0, "stopSeconds must not be negative, got %d", stopSeconds);
    Set<String> names = new HashSet<>();
    jobs.forEach(job -> require(names.add(job.name()), "two jobs are named '%s'", job.name()));
    pools.forEach(
        (name, weight) -> require(weight > 0, "pools.%s must be at least 1, got %d", name, weight));
  }

  /**
   * One job.
   *
   * @param name in history and listing
   * @param file the job file of {@code braid infer}
   * @param cron when, as Quartz has it: seconds, minutes, hours, day of month, month, day of week
   * @param timeZone of the cron expression; UTC if left out
   * @param pool of the FAIR scheduler; default if left out
   * @param overlap what becomes of a tick while the last one's run goes on; skip if left out
   * @param retries after a failure; none if left out
   * @param limitSeconds after which a run is called off, its retries included; no limit if left out
   * @param missed what becomes of ticks while the scheduler was down; skip if left out
   */
  public record Job(
      @JsonProperty(required = true) String name,
      @JsonProperty(required = true) String file,
      @JsonProperty(required = true) String cron,
      String timeZone,
      String pool,
      Overlap overlap,
      Retries retries,
      Integer limitSeconds,
      Missed missed) {
    public Job {
      timeZone = timeZone == null ? "UTC" : timeZone;
      pool = pool == null ? "default" : pool;
      overlap = overlap == null ? Overlap.SKIP : overlap;
      retries = retries == null ? Retries.NONE : retries;
      missed = missed == null ? Missed.SKIP : missed;
      require(name != null && !name.isBlank(), "a job's name must not be blank");
      require(
          limitSeconds == null || limitSeconds > 0,
          "limitSeconds must be at least 1, got %s",
          limitSeconds);
      Cron.of(cron, timeZone);
    }

    /** When it runs. */
    Cron when() {
      return Cron.of(cron, timeZone);
    }
  }

  /** What becomes of a tick while the last one's run goes on. */
  public enum Overlap {
    /** It is left out. */
    @JsonProperty("skip")
    SKIP,
    /** It runs when the last one has ended. */
    @JsonProperty("queue")
    QUEUE,
    /** Both run, into folders of their own. */
    @JsonProperty("both")
    BOTH
  }

  /** What becomes of ticks while the scheduler was down. */
  public enum Missed {
    /** They are left out. */
    @JsonProperty("skip")
    SKIP,
    /** The last of them runs at the start. */
    @JsonProperty("once")
    ONCE
  }

  /**
   * What happens after a failure.
   *
   * @param times at most so many further attempts
   * @param waitSeconds before the first of them; 10 if left out
   * @param factor by which the wait grows from one to the next; 2 if left out
   */
  public record Retries(int times, Double waitSeconds, Double factor) {
    static final Retries NONE = new Retries(0, 10.0, 2.0);

    public Retries {
      waitSeconds = waitSeconds == null ? 10 : waitSeconds;
      factor = factor == null ? 2 : factor;
      require(times >= 0, "retries.times must not be negative, got %d", times);
      require(waitSeconds >= 0, "retries.waitSeconds must not be negative, got %s", waitSeconds);
      require(factor >= 1, "retries.factor must be at least 1, got %s", factor);
    }

    /** The wait after a failed attempt, which counts from 1. */
    double waitSeconds(int attempt) {
      return waitSeconds * Math.pow(factor, attempt - 1);
    }
  }
}
