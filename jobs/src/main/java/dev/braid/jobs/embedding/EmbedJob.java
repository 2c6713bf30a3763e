package dev.braid.jobs.embedding;

import dev.braid.driver.checkpoint.CheckpointPlan;
import dev.braid.driver.cluster.StageProgress;
import dev.braid.driver.embedding.EmbeddingRun;
import dev.braid.driver.run.Checkpointing;
import dev.braid.driver.run.RunContext;
import dev.braid.jobs.metrics.MetricsFile;
import dev.braid.jobs.report.RunFolder;
import dev.braid.jobs.report.StatusLine;
import dev.braid.jobs.session.StopOnSignal;
import dev.braid.jobs.session.TrainingOptions;
import dev.braid.jobs.settings.SettingsFile;
import dev.braid.worker.embedding.skipgram.SkipGramPass;
import dev.braid.worker.kernel.Kernels;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code braid embed JOB.yaml}: turns a folder of texts into word vectors. */
@Command(name = "embed", description = "Train word vectors on a folder of texts.")
public final class EmbedJob implements Callable<Integer> {
  /** Settings that cannot change the result: both ways to keep rows give the same bits. */
  private static final List<String> FREE = List.of("output", "rows", "training.roundMinutes");

  @Mixin private TrainingOptions options;

  @Override
  public Integer call() {
    SettingsFile file = options.read();
    EmbedFile job = file.as(EmbedFile.class);
    Kernels.Choice kernel = SkipGramPass.kernel();
    EmbeddingRun run = file.check(() -> job.run(kernel));
    return options.train(file, job.output().folder(), folder -> train(file, job, run, folder));
  }

  private void train(SettingsFile file, EmbedFile job, EmbeddingRun run, RunFolder folder) {
    Checkpointing checkpointing = options.checkpointing(folder, CheckpointPlan.DEFAULT, file, FREE);
    StatusLine status = options.status();
    boolean chosen = job.training().kernel() == null;
    String reason = chosen ? SkipGramPass.kernel().reason() : "as set";
    status.print("kernel %s: %s".formatted(run.model().kernel(), reason));
    options.unusedGpus().ifPresent(status::print);
    MetricsFile metrics =
        new MetricsFile(() -> folder.open("metrics.jsonl"), options.earlierMetrics(folder));
    // Closed last: a process that is asked to end waits for it.
    try (StopOnSignal signal = new StopOnSignal(options.out());
        SparkSession spark = options.open();
        StageProgress stages = StageProgress.of(spark, report -> status.show(report.sentence()));
        EmbeddingLog log = new EmbeddingLog(metrics, status, stages, run.model().epochs())) {
      RunContext context =
          new RunContext(
              spark, job.training().roundMinutes(), signal.stop(), Optional.of(checkpointing));
      try (EmbeddingRun.Result trained = signal.sayWhenStopped(() -> run.train(context, log))) {
        EmbedResults results =
            new EmbedResults(options.name(), file.text(), job.seed(), run, trained, log);
        status.print(results.write(context, folder, options::seconds));
      }
      status.print("results in " + folder);
    }
  }
}
