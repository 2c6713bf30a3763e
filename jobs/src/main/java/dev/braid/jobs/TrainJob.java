package dev.braid.jobs;

import dev.braid.driver.checkpoint.CheckpointPlan;
import dev.braid.driver.checkpoint.Checkpoints;
import dev.braid.driver.checkpoint.FolderLock;
import dev.braid.driver.cluster.RunMetrics;
import dev.braid.driver.cluster.StageProgress;
import dev.braid.driver.data.TrainingData;
import dev.braid.driver.evaluation.Evaluation;
import dev.braid.driver.plan.Engine;
import dev.braid.driver.run.Checkpointing;
import dev.braid.driver.run.Stopped;
import dev.braid.driver.training.TrainingRun;
import dev.braid.jobs.cluster.MemoryFit;
import dev.braid.jobs.page.History;
import dev.braid.jobs.page.MetricsLog;
import dev.braid.jobs.report.BrokenRowsLog;
import dev.braid.jobs.report.Listeners;
import dev.braid.jobs.report.Results;
import dev.braid.jobs.report.RunFolder;
import dev.braid.jobs.report.TerminalProgress;
import dev.braid.jobs.session.JobOptions;
import dev.braid.jobs.session.Session;
import dev.braid.jobs.session.StopOnSignal;
import dev.braid.jobs.settings.JobFile;
import dev.braid.jobs.settings.SettingsFile;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code braid train JOB.yaml}: trains a network and writes a folder of results. */
@Command(
    name = "train",
    aliases = "transfer",
    description =
        "Train the network that a job file describes, or adapt the learned model that its transfer"
            + " section names.")
final class TrainJob implements Callable<Integer> {
  @Mixin private JobOptions options;
  @Mixin private Session session;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "The folder for the results. Default: runs/<name of the job file>-<time>.")
  private String output;

  @Option(
      names = "--resume",
      description =
          "Go on from the newest checkpoint of the run in the folder of --output, to the same"
              + " result as if it had never stopped; from the beginning where there is none yet.")
  private boolean resume;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    long begin = System.nanoTime();
    Configuration hadoop = Session.hadoop();
    SettingsFile file = options.read();
    JobFile job = read(file);
    PrintWriter out = spec.commandLine().getOut();
    TrainingRun run = Preparation.check(file, job, hadoop, out::println);
    MemoryFit.require(run, job, session.conf());
    String folder = options.folder(output, job.output().folder(), resume);
    return FolderLock.holding(
        folder,
        spec.name() + " " + options.name(),
        hadoop,
        () -> train(file, job, run, RunFolder.begin(folder, resume, file.text(), hadoop), begin));
  }

  private int train(SettingsFile file, JobFile job, TrainingRun run, RunFolder folder, long begin) {
    List<String> earlier = resume ? folder.lines("metrics.jsonl") : List.of();
    PrintWriter out = spec.commandLine().getOut();
    History history = new History(job.training().workers(), run.scores().get(1), earlier);
    Checkpointing checkpointing = checkpointing(file, job, folder, Session.hadoop());
    checkpointing.requireFree();
    session.unusedGpus().ifPresent(out::println);
    TerminalProgress progress =
        new TerminalProgress(out, Boolean.getBoolean("braid.terminal"), System::nanoTime);
    // Closed last: a process that is asked to end waits for it.
    try (StopOnSignal signal = new StopOnSignal(out);
        SparkSession spark = session.open("train " + options.name());
        StageProgress stages = StageProgress.of(spark, progress::working);
        RunMetrics metrics = new RunMetrics();
        MetricsLog log = new MetricsLog(() -> folder.open("metrics.jsonl"), earlier)) {
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
              options.name(),
              file.text(),
              spark.sparkContext().master(),
              result,
              withDl4j(job, run),
              run.facts().remarks(),
              history,
              (System.nanoTime() - begin) / 1e9);
      folder.write("job.yaml", file.text());
      results.write(folder);
      results.ending().ifPresent(out::println);
      out.println(results.headline());
      out.println("results in " + folder);
      result.test().ifPresent(test -> test.requireFinite("data.test"));
      return 0;
    } catch (Stopped e) {
      return 1; // said already
    }
  }

  /** The settings; which sections there must be depends on the job. */
  JobFile read(SettingsFile file) {
    return file.as(JobFile.class);
  }

  private static boolean withDl4j(JobFile job, TrainingRun run) {
    Boolean asked = job.output().dl4j();
    return asked == null ? run.engine() == Engine.DL4J : asked;
  }

  private Checkpointing checkpointing(
      SettingsFile file, JobFile job, RunFolder folder, Configuration hadoop) {
    CheckpointPlan plan = job.training().checkpoint();
    List<String> free = new ArrayList<>(Checkpointing.FREE);
    free.add("output");
    free.add("metrics");
    return new Checkpointing(
        new Checkpoints(folder + "/checkpoints", hadoop, plan.keep()),
        plan,
        file.flat(),
        free,
        resume);
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
