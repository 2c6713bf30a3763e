package dev.braid.jobs;

import dev.braid.driver.cluster.RunMetrics;
import dev.braid.driver.cluster.StageProgress;
import dev.braid.driver.data.Part;
import dev.braid.driver.data.TrainingData;
import dev.braid.driver.evaluation.Evaluation;
import dev.braid.driver.run.Checkpointing;
import dev.braid.driver.training.TrainingRun;
import dev.braid.jobs.cluster.MemoryFit;
import dev.braid.jobs.metrics.History;
import dev.braid.jobs.metrics.MetricsFile;
import dev.braid.jobs.metrics.MetricsLog;
import dev.braid.jobs.report.BrokenRowsLog;
import dev.braid.jobs.report.Listeners;
import dev.braid.jobs.report.Results;
import dev.braid.jobs.report.RunFolder;
import dev.braid.jobs.report.TerminalProgress;
import dev.braid.jobs.session.Session;
import dev.braid.jobs.session.StopOnSignal;
import dev.braid.jobs.session.TrainingOptions;
import dev.braid.jobs.settings.JobFile;
import dev.braid.jobs.settings.SettingsFile;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code braid train JOB.yaml}: trains a network and writes a folder of results. */
@Command(
    name = "train",
    aliases = "transfer",
    description =
        "Train the network that a job file describes, or adapt the learned model that its transfer"
            + " section names.")
final class TrainJob implements Callable<Integer> {
  @Mixin private TrainingOptions options;

  @Override
  public Integer call() {
    SettingsFile file = options.read();
    JobFile job = file.as(JobFile.class);
    TrainingRun run = Preparation.check(file, job, Session.hadoop(), options.out()::println);
    MemoryFit.require(run, job, options.conf());
    return options.train(file, job.output().folder(), folder -> train(file, job, run, folder));
  }

  private void train(SettingsFile file, JobFile job, TrainingRun run, RunFolder folder) {
    List<String> earlier = options.earlierMetrics(folder);
    PrintWriter out = options.out();
    History history = new History(job.training().workers(), run.scores().get(1), earlier);
    Checkpointing checkpointing =
        options.checkpointing(folder, job.training().checkpoint(), file, free());
    options.unusedGpus().ifPresent(out::println);
    TerminalProgress progress = new TerminalProgress(options.status());
    // Closed last: a process that is asked to end waits for it.
    try (StopOnSignal signal = new StopOnSignal(out);
        SparkSession spark = options.open();
        StageProgress stages = StageProgress.of(spark, progress::working);
        RunMetrics metrics = new RunMetrics();
        MetricsLog log =
            new MetricsLog(new MetricsFile(() -> folder.open("metrics.jsonl"), earlier))) {
      out.println(greeting(job, run, spark));
      run.facts().remarks().forEach(remark -> out.println("  " + remark));
      stages.watch(TrainingData.READING);
      stages.watch(Evaluation.SCORING);
      TrainingRun.Result result =
          signal.sayWhenStopped(
              () ->
                  run.run(
                      spark,
                      new Listeners(
                          List.of(new BrokenRowsLog(folder), progress, log, history, metrics)),
                      Optional.of(checkpointing),
                      signal.stop()));
      Results results =
          new Results(
              new Results.Job(options.name(), file.text(), spark.sparkContext().master()),
              result,
              withDl4j(job, run),
              run.facts().remarks(),
              history,
              options.seconds());
      folder.write("job.yaml", file.text());
      results.write(folder);
      results.ending().ifPresent(out::println);
      results.average().ifPresent(out::println);
      results.comparison().ifPresent(out::println);
      out.println(results.headline());
      out.println("results in " + folder);
      result.test().ifPresent(test -> test.requireFinite(job.data().division().setting(Part.TEST)));
    }
  }

  /** Settings that cannot change the result. */
  private static List<String> free() {
    return Stream.concat(Checkpointing.FREE.stream(), Stream.of("output", "metrics")).toList();
  }

  private static boolean withDl4j(JobFile job, TrainingRun run) {
    Boolean asked = job.output().dl4j();
    return asked == null ? run.plan().hasOptimizer() : asked;
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
