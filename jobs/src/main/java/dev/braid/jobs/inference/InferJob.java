package dev.braid.jobs.inference;

import static dev.braid.worker.Check.require;

import dev.braid.driver.checkpoint.FolderLock;
import dev.braid.driver.inference.InferenceSettings;
import dev.braid.driver.inference.ScoringMetrics;
import dev.braid.driver.inference.ScoringProgress;
import dev.braid.driver.run.Stop;
import dev.braid.jobs.session.JobOptions;
import dev.braid.jobs.session.Session;
import dev.braid.jobs.settings.SettingsFile;
import java.io.PrintWriter;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code braid infer JOB.yaml}: applies a model to files. */
@Command(name = "infer", description = "Score a data set of any size with a model.")
public final class InferJob implements Runnable {
  @Mixin private JobOptions options;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "The folder for the results. Default: what the job file says.")
  private String output;

  @Override
  public void run() {
    SettingsFile file = options.read();
    InferenceSettings job = file.as(InferenceSettings.class);
    String folder =
        file.check(
            () -> {
              require(
                  !job.incremental() || output != null || job.output().folder() != null,
                  "output.folder is missing: an incremental scoring goes on in it");
              return options.folder(output, job.output().folder());
            });
    FolderLock.holding(
        folder,
        options.title(),
        Session.hadoop(),
        () -> {
          score(file, job, folder);
          return null;
        });
  }

  private void score(SettingsFile file, InferenceSettings job, String folder) {
    Inference inference = Inference.check(options.name(), file, job, folder, Session.hadoop());
    PrintWriter out = options.out();
    out.printf(
        "%s: model %s, %d rows at once%n",
        options.name(),
        inference.run().facts().sha256().substring(0, 12),
        inference.run().batchSize());
    inference.run().leftOut().forEach(words -> out.println("  " + words));
    options.unusedGpus().ifPresent(out::println);
    try (SparkSession spark = options.open();
        ScoringMetrics metrics = new ScoringMetrics()) {
      InferSummary summary =
          inference.run(
              spark, new Stop(), metrics.andThen(progress -> out.println(line(progress))));
      print(out, summary);
    }
    out.println("results in " + folder);
  }

  private static String line(ScoringProgress progress) {
    double left = progress.secondsLeft();
    return "batch %d  %3.0f %%  %,d rows  %,.0f rows/s  %s"
        .formatted(
            progress.batch(),
            100 * progress.share(),
            progress.rows(),
            progress.rows() / progress.batchSeconds(),
            Double.isNaN(left) ? "" : "%d:%02d left".formatted((int) left / 60, (int) left % 60));
  }

  private static void print(PrintWriter out, InferSummary summary) {
    out.printf(
        "%,d rows, %,d to the quarantine, %.1f s, %,.0f rows/s%n",
        summary.outcome().counts().rows(),
        summary.outcome().counts().quarantined(),
        summary.seconds(),
        summary.rowsPerSecond());
    summary.outcome().survey().commonestReason().ifPresent(out::println);
    summary
        .drift()
        .ifPresent(drift -> drift.warnings().forEach(words -> out.println("warning: " + words)));
    summary.metrics().forEach((name, value) -> out.printf("%s %.4f%n", name, value));
  }
}
