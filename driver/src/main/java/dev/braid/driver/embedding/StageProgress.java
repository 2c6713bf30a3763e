package dev.braid.driver.embedding;

import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.SparkSession;

/**
 * Tells how far Spark's stages are while there is nothing else to tell, as when words are counted.
 */
public final class StageProgress extends SparkListener implements AutoCloseable {
  private static final String DESCRIPTION = "spark.job.description";

  private final SparkSession spark;
  private final Set<String> jobs = ConcurrentHashMap.newKeySet();
  private final Consumer<Report> listener;
  private final Map<Integer, Stage> stages = new HashMap<>();

  private StageProgress(SparkSession spark, Consumer<Report> listener) {
    this.spark = spark;
    this.listener = listener;
  }

  /**
   * How far one stage is.
   *
   * @param job description of the job it belongs to
   * @param done tasks that have ended
   * @param total its tasks
   * @param secondsLeft for the others, at the pace so far
   */
  public record Report(String job, int done, int total, double secondsLeft) {}

  private static final class Stage {
    final String job;
    final int total;
    final long begin = System.nanoTime();
    int done;

    Stage(String job, int total) {
      this.job = job;
      this.total = total;
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

  /** Names what Spark does from here on. */
  public void begin(String job) {
    jobs.add(job);
    spark.sparkContext().setJobDescription(job);
  }

  @Override
  public void onStageSubmitted(SparkListenerStageSubmitted submitted) {
    Properties properties = submitted.properties();
    String job = properties == null ? null : properties.getProperty(DESCRIPTION);
    if (job != null && jobs.contains(job)) {
      stages.put(submitted.stageInfo().stageId(), new Stage(job, submitted.stageInfo().numTasks()));
    }
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    Stage stage = stages.get(end.stageId());
    if (stage == null || !end.taskInfo().successful() || stage.done >= stage.total) {
      return;
    }
    stage.done++;
    double seconds = (System.nanoTime() - stage.begin) / 1e9;
    double left = seconds / stage.done * (stage.total - stage.done);
    listener.accept(new Report(stage.job, stage.done, stage.total, left));
  }

  @Override
  public void close() {
    spark.sparkContext().removeSparkListener(this);
  }
}
