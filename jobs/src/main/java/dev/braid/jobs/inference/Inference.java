package dev.braid.jobs.inference;

import dev.braid.driver.inference.InferenceRun;
import dev.braid.driver.inference.InferenceSettings;
import dev.braid.driver.inference.ScoringProgress;
import dev.braid.driver.run.Stop;
import dev.braid.jobs.page.Page;
import dev.braid.jobs.page.ScoringPage;
import dev.braid.jobs.report.RunFolder;
import dev.braid.jobs.settings.SettingsFile;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/**
 * A checked scoring and where its summary goes.
 *
 * @param name of the job
 * @param settings the job file's text
 * @param run the scoring
 * @param folder of the results
 * @param begin when the job began, as {@link System#nanoTime} tells it
 */
public record Inference(String name, String settings, InferenceRun run, String folder, long begin) {

  /** Makes all checks that need no Spark. */
  public static Inference check(
      String name, SettingsFile file, InferenceSettings job, String folder, Configuration hadoop) {
    long begin = System.nanoTime();
    InferenceRun run = file.check(() -> InferenceRun.check(job, folder, hadoop));
    return new Inference(name, file.text(), run, folder, begin);
  }

  /**
   * Scores, and writes {@code summary.json} and {@code report.html}; where there was nothing new to
   * score those of the last run stay.
   */
  public InferSummary run(SparkSession spark, Stop stop, Consumer<ScoringProgress> listener) {
    InferenceRun.Outcome outcome = run.run(spark, stop, listener);
    InferSummary summary =
        new InferSummary(outcome, run.facts(), run.batchSize(), (System.nanoTime() - begin) / 1e9);
    RunFolder results = RunFolder.reopen(folder, spark.sparkContext().hadoopConfiguration());
    if (outcome.batches() > 0 || results.lines("summary.json").isEmpty()) {
      results.write("report.html", page(summary, spark.sparkContext().master()).html());
      results.write("summary.json", summary.json());
    }
    return summary;
  }

  private ScoringPage page(InferSummary summary, String master) {
    Map<String, String> tiles = new LinkedHashMap<>();
    summary.metrics().entrySet().stream()
        .findFirst()
        .ifPresent(metric -> tiles.put(metric.getKey(), "%.4f".formatted(metric.getValue())));
    tiles.put("rows", "%,d".formatted(summary.outcome().counts().rows()));
    tiles.put("set apart", "%,d".formatted(summary.outcome().counts().quarantined()));
    tiles.put("files", "%,d".formatted(summary.outcome().counts().files()));
    tiles.put("rows a second", "%,.0f".formatted(summary.rowsPerSecond()));
    tiles.put("seconds", "%,.1f".formatted(summary.seconds()));
    Map<String, String> provenance = new LinkedHashMap<>();
    provenance.put("model (SHA-256)", run.facts().sha256());
    provenance.put("rows asked at once", String.valueOf(run.batchSize()));
    provenance.put("batches put in place", String.valueOf(summary.outcome().batches()));
    provenance.put("rows in the output in all", "%,d".formatted(summary.outcome().total().rows()));
    provenance.put("Spark", master);
    String subtitle =
        "%,d rows scored, %,d set apart"
            .formatted(summary.outcome().counts().rows(), summary.outcome().counts().quarantined());
    return new ScoringPage(
        new Page(name, subtitle, tiles, settings, provenance), run, summary.outcome());
  }
}
