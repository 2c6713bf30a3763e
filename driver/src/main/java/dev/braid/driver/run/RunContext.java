package dev.braid.driver.run;

import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Where and under which conditions a run works.
 *
 * @param spark where
 * @param jobMinutes each of its Spark jobs may take
 * @param stop ends the run early, after a last checkpoint
 * @param checkpointing where checkpoints are written, if they are
 */
public record RunContext(
    SparkSession spark, double jobMinutes, Stop stop, Optional<Checkpointing> checkpointing) {
  /** An hour. */
  public static final double DEFAULT_JOB_MINUTES = 60;

  /** A run that nobody stops and that keeps nothing. */
  public static RunContext of(SparkSession spark) {
    return of(spark, DEFAULT_JOB_MINUTES);
  }

  /** A run that nobody stops and that keeps nothing, whose jobs may take so many minutes. */
  public static RunContext of(SparkSession spark, double jobMinutes) {
    return new RunContext(spark, jobMinutes, new Stop(), Optional.empty());
  }

  /** The context of Spark's jobs. */
  public JavaSparkContext sc() {
    return JavaSparkContext.fromSparkContext(spark.sparkContext());
  }

  /** The jobs of this run; the caller closes them. */
  public RunJobs jobs() {
    return new RunJobs(sc(), jobMinutes, stop);
  }
}
