package dev.braid.driver.cluster;

import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.SparkSession;

/**
 * Tells how far Spark's stages are while there is nothing else to tell, as when words are counted
 * or examples are read: with every task that ends, and every few seconds in between.
 */
public final class StageProgress extends SparkListener implements AutoCloseable {
  private static final String DESCRIPTION = "spark.job.description";
  private static final long TICK_SECONDS = 5;

  private final SparkSession spark;
  private final Set<String> jobs = ConcurrentHashMap.newKeySet();
  private final Consumer<Report> listener;
  private final Map<Integer, Stage> stages = new HashMap<>();
  private final ScheduledExecutorService clock;

  private StageProgress(SparkSession spark, Consumer<Report> listener) {
    this.spark = spark;
    this.listener = listener;
    this.clock =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "braid stage progress");
              thread.setDaemon(true);
              return thread;
            });
    var unused =
        clock.scheduleAtFixedRate(this::tick, TICK_SECONDS, TICK_SECONDS, TimeUnit.SECONDS);
  }

  /**
   * How far one stage is.
   *
   * @param job description of the job it belongs to
   * @param done tasks that have ended
   * @param total its tasks
   * @param seconds since it began
   */
  public record Report(String job, int done, int total, double seconds) {

    /** Seconds for the other tasks, at the pace so far; NaN before the first has ended. */
    public double secondsLeft() {
      return done == 0 ? Double.NaN : seconds / done * (total - done);
    }

    /** {@code reading the examples: 3 of 8 parts, 38 %, 0:12}. */
    public String sentence() {
      return "%s: %,d of %,d parts, %.0f %%, %d:%02d"
          .formatted(
              job, done, total, 100.0 * done / total, (int) seconds / 60, (int) seconds % 60);
    }
  }

  private static final class Stage {
    final String job;
    final int total;
    final long begin = System.nanoTime();
    int done;

    Stage(String job, int total) {
      this.job = job;
      this.total = total;
    }

    Report report() {
      return new Report(job, done, total, (System.nanoTime() - begin) / 1e9);
    }
  }

  /**
   * Tells {@code listener} of every task that ends in a job named by {@link #begin}, until closed,
   * on a thread of Spark's.
   */
  public static StageProgress of(SparkSession spark, Consumer<Report> listener) {
    StageProgress progress = new StageProgress(spark, listener);
    spark.sparkContext().addSparkListener(progress);
    return progress;
  }

  /** Tells of jobs of this description, too, whoever gives it to them. */
  public void watch(String job) {
    jobs.add(job);
  }

  /** Names what Spark does from here on. */
  public void begin(String job) {
    jobs.add(job);
    spark.sparkContext().setJobDescription(job);
  }

  private synchronized void tick() {
    stages.values().stream()
        .filter(stage -> stage.done < stage.total)
        .findFirst()
        .ifPresent(stage -> listener.accept(stage.report()));
  }

  @Override
  public synchronized void onStageCompleted(SparkListenerStageCompleted completed) {
    stages.remove(completed.stageInfo().stageId());
  }

  @Override
  public synchronized void onStageSubmitted(SparkListenerStageSubmitted submitted) {
    Properties properties = submitted.properties();
    String job = properties == null ? null : properties.getProperty(DESCRIPTION);
    if (job != null && jobs.contains(job)) {
      stages.put(submitted.stageInfo().stageId(), new Stage(job, submitted.stageInfo().numTasks()));
    }
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
    Stage stage = stages.get(end.stageId());
    if (stage == null || !end.taskInfo().successful() || stage.done >= stage.total) {
      return;
    }
    stage.done++;
    listener.accept(stage.report());
  }

  @Override
  public void close() {
    clock.shutdownNow();
    spark.sparkContext().removeSparkListener(this);
  }
}
