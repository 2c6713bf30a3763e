package dev.braid.driver.cluster;

import static dev.braid.worker.Check.require;

import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import scala.collection.JavaConverters;

/**
 * Calls off Spark's jobs in which nothing moves: Spark by itself waits without end for executors
 * that never come and for tasks that hang. What was waited for is in the error. The rounds of a
 * training have a deadline of their own and are left alone.
 */
public final class StallWatch extends SparkListener {
  /** Minutes in which some task of a job must end. */
  public static final String MINUTES = "spark.braid.stallMinutes";

  private static final String DEFAULT_MINUTES = "60";
  private static final String DESCRIPTION = "spark.job.description";
  private static final String GROUP = "spark.jobGroup.id";

  /** How many times the time is looked at before it is over. */
  private static final int LOOKS = 20;

  private static final long MAX_MILLIS_BETWEEN_LOOKS = 5_000;

  private final SparkContext sc;
  private final double minutes;
  private final Map<Integer, Job> jobs = new ConcurrentHashMap<>();
  private final Map<Integer, Job> byStage = new ConcurrentHashMap<>();
  private final ScheduledThreadPoolExecutor clock;

  /** A job that runs, and when a task of it has last ended. */
  private static final class Job {
    private final int id;
    private final String description;
    private volatile long moved = System.nanoTime();

    Job(int id, String description) {
      this.id = id;
      this.description = description;
    }
  }

  private StallWatch(SparkContext sc, double minutes) {
    this.sc = sc;
    this.minutes = minutes;
    this.clock = new ScheduledThreadPoolExecutor(1, StallWatch::daemon);
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "braid stalls");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Watches the jobs of a SparkContext from now on, until it stops.
   *
   * @throws IllegalArgumentException when {@link #MINUTES} is no number above 0
   */
  public static void over(SparkContext sc) {
    StallWatch watch = new StallWatch(sc, minutes(sc.getConf().get(MINUTES, DEFAULT_MINUTES)));
    sc.addSparkListener(watch);
    long millis =
        Math.min(
            MAX_MILLIS_BETWEEN_LOOKS,
            Math.max(1, (long) (watch.minutes * TimeUnit.MINUTES.toMillis(1) / LOOKS)));
    var unused =
        watch.clock.scheduleWithFixedDelay(watch::look, millis, millis, TimeUnit.MILLISECONDS);
  }

  /** The value of {@link #MINUTES}. */
  static double minutes(String value) {
    double minutes;
    try {
      minutes = Double.parseDouble(value);
    } catch (NumberFormatException e) {
      minutes = Double.NaN;
    }
    require(minutes > 0, "%s must be a number of minutes above 0, got '%s'", MINUTES, value);
    return minutes;
  }

  private void look() {
    long now = System.nanoTime();
    for (Job job : jobs.values()) {
      if (now - job.moved > minutes * TimeUnit.MINUTES.toNanos(1)) {
        job.moved = now; // said once
        sc.cancelJob(job.id, reason(job));
      }
    }
  }

  private String reason(Job job) {
    return "after %s minutes in which no task of '%s' has ended; see whether executors of %s are there and alive, or set --conf %s=..."
        .formatted(minutes, job.description, sc.master(), MINUTES);
  }

  @Override
  public void onJobStart(SparkListenerJobStart start) {
    Properties properties = start.properties();
    if (property(properties, GROUP).startsWith("braid ")) {
      return;
    }
    String described = property(properties, DESCRIPTION);
    Job job =
        new Job(
            start.jobId(),
            described.isEmpty() && !start.stageInfos().isEmpty()
                ? start.stageInfos().last().name()
                : described);
    jobs.put(job.id, job);
    for (Object stage : JavaConverters.seqAsJavaList(start.stageIds())) {
      byStage.put((Integer) stage, job);
    }
  }

  private static String property(Properties properties, String key) {
    return properties == null ? "" : properties.getProperty(key, "");
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    Job job = byStage.get(end.stageId());
    if (job != null) {
      job.moved = System.nanoTime();
    }
  }

  @Override
  public void onJobEnd(SparkListenerJobEnd end) {
    jobs.remove(end.jobId());
    byStage.values().removeIf(job -> job.id == end.jobId());
  }

  @Override
  public void onApplicationEnd(SparkListenerApplicationEnd end) {
    clock.shutdownNow();
  }
}
