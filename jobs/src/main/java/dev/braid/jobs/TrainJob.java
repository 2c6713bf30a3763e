package dev.braid.jobs;

import dev.braid.driver.training.TrainingRun;
import dev.braid.jobs.report.History;
import dev.braid.jobs.report.Listeners;
import dev.braid.jobs.report.MetricsLog;
import dev.braid.jobs.report.Progress;
import dev.braid.jobs.report.Results;
import dev.braid.jobs.report.RunFolder;
import dev.braid.jobs.settings.JobFile;
import dev.braid.jobs.settings.SettingsFile;
import java.io.PrintWriter;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code braid train JOB.yaml}: trains a network and writes a folder of results. */
@Command(name = "train", description = "Train the network that a job file describes.")
final class TrainJob implements Runnable {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

  @Mixin private JobOptions options;
  @Mixin private Session session;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "The folder for the results. Default: runs/<name of the job file>-<time>.")
  private String output;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    long begin = System.nanoTime();
    Configuration hadoop = new Configuration();
    SettingsFile file = options.read();
    JobFile job = file.as(JobFile.class);
    TrainingRun run = Preparation.check(file, job, hadoop);
    RunFolder folder = RunFolder.create(folder(job), hadoop);
    folder.write("job.yaml", file.text());

    PrintWriter out = spec.commandLine().getOut();
    History history =
        new History(job.training().workers(), job.training().epochs(), run.scores().get(1));
    try (SparkSession spark = session.open("train " + options.name());
        MetricsLog log = new MetricsLog(folder.open("metrics.jsonl"))) {
      Progress progress = new Progress(out, Boolean.getBoolean("braid.terminal"), System::nanoTime);
      out.println(greeting(job, run, spark));
      TrainingRun.Result result = run.run(spark, new Listeners(List.of(progress, log, history)));
      Results results =
          new Results(
              options.name(),
              file.text(),
              spark.sparkContext().master(),
              result,
              history,
              (System.nanoTime() - begin) / 1e9);
      results.write(folder);
      out.println(results.headline());
      out.println("results in " + folder);
    }
  }

  private String folder(JobFile job) {
    if (output != null) {
      return output;
    }
    return job.output().folder() != null
        ? job.output().folder()
        : "runs/" + options.name() + "-" + LocalDateTime.now(ZoneId.systemDefault()).format(TIME);
  }

  private String greeting(JobFile job, TrainingRun run, SparkSession spark) {
    return "%s: %s%,d parameters, %s, on %s"
        .formatted(
            options.name(),
            run.facts().numTrain().isPresent()
                ? "%,d training examples, ".formatted(run.facts().numTrain().getAsLong())
                : "",
            run.plan().layout().numParams(),
            job.training().workers() == 1 ? "1 worker" : job.training().workers() + " workers",
            spark.sparkContext().master());
  }
}
