package dev.braid.jobs;

import dev.braid.driver.cluster.StageProgress;
import dev.braid.driver.data.Part;
import dev.braid.driver.data.RowsLeftOut;
import dev.braid.driver.data.TrainingData;
import dev.braid.driver.evaluation.Evaluation;
import dev.braid.driver.evaluation.ScoringRun;
import dev.braid.jobs.report.BrokenRowsLog;
import dev.braid.jobs.report.RunFolder;
import dev.braid.jobs.report.ScoreText;
import dev.braid.jobs.report.StatusLine;
import dev.braid.jobs.report.TerminalProgress;
import dev.braid.jobs.session.JobOptions;
import dev.braid.jobs.session.Session;
import dev.braid.jobs.settings.JobFile;
import dev.braid.jobs.settings.SettingsFile;
import dev.braid.worker.model.Model;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code braid evaluate MODEL JOB.yaml}: scores a model on a data set. */
@Command(
    name = "evaluate",
    description = "Score a model on a part of a job file's data, data.test unless told otherwise.")
final class EvaluateJob implements Runnable {
  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "A model.zip, or the folder of the run that trained it.")
  private String modelPath;

  @Mixin private JobOptions options;

  @Option(
      names = "--part",
      paramLabel = "PART",
      defaultValue = "test",
      description =
          "Which part: train, trainDev, dev (or validation) or test, each as it was held out in"
              + " training. Default: ${DEFAULT-VALUE}.")
  private String partName;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "A folder for evaluation.json. Default: none is written.")
  private String output;

  @Override
  public void run() {
    Configuration hadoop = Session.hadoop();
    Part part = Part.named(partName);
    SettingsFile file = options.read();
    JobFile job = file.as(JobFile.class);
    Model model = Models.read(modelPath, hadoop);
    ScoringRun run =
        file.check(
            () ->
                ScoringRun.check(
                    model, job.engine(), job.data(), part, job.seed(), job.metrics(), hadoop));
    PrintWriter out = options.out();
    StatusLine status = options.status();
    TerminalProgress progress = new TerminalProgress(status);
    try (SparkSession spark = options.open("evaluate " + modelPath);
        StageProgress stages = StageProgress.of(spark, progress::working)) {
      stages.watch(TrainingData.READING);
      stages.watch(Evaluation.SCORING);
      Optional<RunFolder> folder =
          Optional.ofNullable(output).map(named -> RunFolder.create(named, hadoop));
      Evaluation scores = run.run(spark, job.seed(), rows -> tell(rows, folder, status));
      ScoreText text = new ScoreText(scores, model.description().labels());
      status.clear();
      out.print(text.table());
      String source = job.data().division().sourceSetting(part);
      run.facts().remarks().forEach(words -> out.println("  %s: %s".formatted(source, words)));
      folder.ifPresent(written -> written.write("evaluation.json", text.json()));
      scores.requireFinite(job.data().division().setting(part));
    }
  }

  /**
   * Says which rows were left out; all those that are known stand in the folder, if there is one.
   */
  private static void tell(List<RowsLeftOut> rows, Optional<RunFolder> folder, StatusLine status) {
    folder.ifPresentOrElse(
        written -> {
          new TerminalProgress(status).rowsLeftOut(rows);
          new BrokenRowsLog(written).rowsLeftOut(rows);
        },
        () -> rows.forEach(r -> status.print(BrokenRowsLog.words(r) + ": " + r.first().get(0))));
  }
}
