package dev.braid.jobs.inference;

import dev.braid.driver.inference.InferenceRun;
import dev.braid.driver.inference.ScoringProgress;
import dev.braid.jobs.report.RunFolder;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/**
 * A checked scoring and where its summary goes.
 *
 * @param run the scoring
 * @param folder of the results
 * @param begin when the job began, as {@link System#nanoTime} tells it
 */
public record Inference(InferenceRun run, String folder, long begin) {

  /** Makes all checks that need no Spark. */
  public static Inference check(InferFile job, String folder, Configuration hadoop) {
    long begin = System.nanoTime();
    return new Inference(InferenceRun.check(job.settings(folder), hadoop), folder, begin);
  }

  /** Scores, and writes {@code summary.json}. */
  public InferSummary run(SparkSession spark, Consumer<ScoringProgress> listener) {
    InferenceRun.Outcome outcome = run.run(spark, listener);
    InferSummary summary =
        new InferSummary(outcome, run.facts(), run.batchSize(), (System.nanoTime() - begin) / 1e9);
    RunFolder.reopen(folder, spark.sparkContext().hadoopConfiguration())
        .write("summary.json", summary.json());
    return summary;
  }
}
