package dev.braid.jobs.embedding;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.driver.embedding.Corpus;
import dev.braid.driver.embedding.RoundPlan;
import dev.braid.driver.embedding.RoundReport;
import dev.braid.driver.embedding.RowCheckpoints;
import dev.braid.driver.embedding.RowPlacement;
import dev.braid.driver.embedding.SkipGramPlan;
import dev.braid.driver.embedding.SkipGramTraining;
import dev.braid.driver.embedding.VectorFiles;
import dev.braid.driver.embedding.VectorFiles.Format;
import dev.braid.driver.embedding.Vocabulary;
import dev.braid.driver.embedding.WordVectors;
import dev.braid.jobs.JobOptions;
import dev.braid.jobs.Session;
import dev.braid.jobs.report.RunFolder;
import dev.braid.jobs.settings.SettingsFile;
import dev.braid.worker.embedding.SkipGramKernels;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code braid embed JOB.yaml}: turns a folder of texts into word vectors. */
@Command(name = "embed", description = "Train word vectors on a folder of texts.")
public final class EmbedJob implements Runnable {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");
  private static final JsonMapper JSON = new JsonMapper();

  @Mixin private JobOptions options;
  @Mixin private Session session;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "The folder for the results. Default: runs/<name of the job file>-<time>.")
  private String output;

  @Option(
      names = "--resume",
      description = "Go on from the newest checkpoint in the folder of the results.")
  private boolean resume;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    long begin = System.nanoTime();
    SettingsFile file = options.read();
    EmbedFile job = file.as(EmbedFile.class);
    SkipGramKernels.Choice kernel = SkipGramKernels.choose();
    SkipGramPlan plan = file.check(() -> job.plan(kernel));
    RunFolder folder = RunFolder.create(folder(job), new Configuration());
    folder.write("job.yaml", file.text());
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "kernel %s: %s%n",
        plan.kernel(), job.training().kernel() == null ? kernel.reason() : "as set");
    try (SparkSession spark = session.open("embed " + options.name());
        MetricsFile metrics = new MetricsFile(folder.open("metrics.jsonl"))) {
      train(spark, job, plan, folder, metrics, begin);
    }
  }

  private void train(
      SparkSession spark,
      EmbedFile job,
      SkipGramPlan plan,
      RunFolder folder,
      MetricsFile metrics,
      long begin) {
    PrintWriter out = spec.commandLine().getOut();
    int dimension = plan.skipGram().dimension();
    try (Corpus corpus = Corpus.read(spark, job.corpus().path(), job.corpus().tokenizer());
        Vocabulary vocabulary =
            Vocabulary.count(corpus, job.corpus().minCount(), job.corpus().maxWords(), dimension)) {
      for (Format format : job.output().formats()) {
        VectorFiles.requireRoom(
            format, vocabulary.numWords(), dimension, job.output().maxFileMiB() << 20);
      }
      RoundPlan rounds =
          RoundPlan.of(vocabulary.numTokens(), plan.workers(), plan.tokensPerRound());
      RowPlacement placement =
          RowPlacement.choose(vocabulary.numWords(), dimension, job.rows().broadcastMiB() << 20);
      out.printf("%,d words kept%n", vocabulary.numWords());
      out.printf("rounds: %s%n", rounds.reason());
      out.printf(
          "rows %s: %s%n",
          placement.broadcast() ? "broadcast" : "in a partitioned table", placement.reason());
      out.flush();
      RowCheckpoints checkpoints =
          new RowCheckpoints(
              folder + "/checkpoints",
              fingerprint(job, plan, vocabulary),
              job.rows().checkpointRounds(placement),
              out::println);
      long trainingBegin = System.nanoTime();
      List<RoundReport> reports = new ArrayList<>();
      try (WordVectors vectors =
          SkipGramTraining.train(
              spark,
              corpus,
              vocabulary,
              plan,
              rounds,
              placement,
              Optional.of(checkpoints),
              resume,
              report -> {
                reports.add(report);
                metrics.write(report);
                out.println(line(report));
                out.flush();
              })) {
        double trainingSeconds = (System.nanoTime() - trainingBegin) / 1e9;
        for (Format format : job.output().formats()) {
          VectorFiles.write(spark, vectors, format, folder + "/" + format.fileName());
        }
        long brokenLines = corpus.brokenLines();
        if (brokenLines > 0) {
          out.printf("%,d lines are no UTF-8 and were left out%n", brokenLines);
        }
        long trained = reports.stream().mapToLong(RoundReport::tokens).sum();
        ObjectNode summary =
            JSON.createObjectNode()
                .put("vocabulary", vectors.numWords())
                .put("tokens", vocabulary.numTokens())
                .put("brokenLines", brokenLines)
                .put("dimension", dimension)
                .put("epochs", plan.epochs())
                .put("workers", rounds.workers())
                .put("rounds", reports.size())
                .put("kernel", plan.kernel())
                .put(
                    "loss", reports.isEmpty() ? Double.NaN : reports.get(reports.size() - 1).loss())
                .put("wordsPerSecond", trained / trainingSeconds)
                .put("trainingSeconds", trainingSeconds)
                .put("modelSha256", vectors.sha256())
                .put("seconds", (System.nanoTime() - begin) / 1e9);
        folder.write("summary.json", summary.toPrettyString() + "\n");
        out.printf(
            "%,.0f words/s in training, %.1f s in all, loss %s%n",
            summary.get("wordsPerSecond").asDouble(),
            summary.get("seconds").asDouble(),
            summary.get("loss").asText());
      }
    }
    out.println("results in " + folder);
  }

  private static String fingerprint(EmbedFile job, SkipGramPlan plan, Vocabulary vocabulary) {
    return "%s %s %d words %d tokens"
        .formatted(plan, job.corpus(), vocabulary.numWords(), vocabulary.numTokens());
  }

  private static String line(RoundReport report) {
    double done = (double) report.doneTokens() / report.totalTokens();
    return "epoch %d  round %,d  %3.0f %%  loss %.4f  %,.0f words/s"
        .formatted(
            report.epoch(),
            report.round(),
            100 * done,
            report.loss(),
            report.tokens() / report.seconds());
  }

  private String folder(EmbedFile job) {
    if (output != null) {
      return output;
    }
    return job.output().folder() != null
        ? job.output().folder()
        : "runs/" + options.name() + "-" + LocalDateTime.now(ZoneId.systemDefault()).format(TIME);
  }

  /** {@code metrics.jsonl}: a line of JSON per round. */
  private record MetricsFile(OutputStream out) implements AutoCloseable {
    void write(RoundReport report) {
      try {
        out.write(JSON.writeValueAsBytes(report));
        out.write('\n');
        out.flush();
      } catch (IOException e) {
        throw new UncheckedIOException("metrics.jsonl cannot be written", e);
      }
    }

    @Override
    public void close() {
      try {
        out.close();
      } catch (IOException e) {
        throw new UncheckedIOException("metrics.jsonl cannot be written", e);
      }
    }
  }
}
