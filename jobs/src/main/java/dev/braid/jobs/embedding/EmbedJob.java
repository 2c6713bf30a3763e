package dev.braid.jobs.embedding;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.driver.checkpoint.CheckpointPlan;
import dev.braid.driver.checkpoint.Checkpoints;
import dev.braid.driver.checkpoint.FolderLock;
import dev.braid.driver.cluster.StageProgress;
import dev.braid.driver.embedding.EmbeddingModel;
import dev.braid.driver.embedding.EmbeddingRun;
import dev.braid.driver.embedding.queries.FrequentWords;
import dev.braid.driver.embedding.vectors.WordVectors;
import dev.braid.driver.run.Checkpointing;
import dev.braid.driver.run.RunContext;
import dev.braid.driver.run.Stopped;
import dev.braid.jobs.chart.WordMap;
import dev.braid.jobs.page.VectorsPage;
import dev.braid.jobs.report.RunFolder;
import dev.braid.jobs.report.StatusLine;
import dev.braid.jobs.session.JobOptions;
import dev.braid.jobs.session.Session;
import dev.braid.jobs.session.StopOnSignal;
import dev.braid.jobs.settings.SettingsFile;
import dev.braid.worker.embedding.skipgram.SkipGramKernels;
import dev.braid.worker.tsne.Tsne;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code braid embed JOB.yaml}: turns a folder of texts into word vectors. */
@Command(name = "embed", description = "Train word vectors on a folder of texts.")
public final class EmbedJob implements Callable<Integer> {
  private static final JsonMapper JSON = new JsonMapper();

  /** Words on the map of the report: all find room for a dot, about half for a label. */
  private static final int MAP_WORDS = 600;

  /** Settings that cannot change the result: both ways to keep rows give the same bits. */
  private static final List<String> FREE = List.of("output", "rows", "training.roundMinutes");

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
              + " vectors as if it had never stopped; from the beginning where there is none yet.")
  private boolean resume;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    long begin = System.nanoTime();
    Configuration hadoop = Session.hadoop();
    SettingsFile file = options.read();
    EmbedFile job = file.as(EmbedFile.class);
    SkipGramKernels.Choice kernel = SkipGramKernels.choose();
    EmbeddingRun run = file.check(() -> job.run(kernel));
    String folder = options.folder(output, job.output().folder(), resume);
    return FolderLock.holding(
        folder,
        "embed " + options.name(),
        hadoop,
        () -> {
          RunFolder results = RunFolder.begin(folder, resume, file.text(), hadoop);
          String reason = job.training().kernel() == null ? kernel.reason() : "as set";
          return train(
              file,
              job,
              run,
              results,
              "kernel %s: %s".formatted(run.model().kernel(), reason),
              begin);
        });
  }

  private int train(
      SettingsFile file,
      EmbedFile job,
      EmbeddingRun run,
      RunFolder folder,
      String kernel,
      long begin) {
    Checkpointing checkpointing =
        new Checkpointing(
            new Checkpoints(
                folder + "/checkpoints", Session.hadoop(), EmbeddingRun.KEPT_CHECKPOINTS),
            CheckpointPlan.DEFAULT,
            file.flat(),
            FREE,
            resume);
    checkpointing.requireFree();
    PrintWriter out = spec.commandLine().getOut();
    StatusLine status = new StatusLine(out, Boolean.getBoolean("braid.terminal"), System::nanoTime);
    status.print(kernel);
    session.unusedGpus().ifPresent(status::print);
    // Closed last: a process that is asked to end waits for it.
    try (StopOnSignal signal = new StopOnSignal(out);
        SparkSession spark = session.open("embed " + options.name());
        StageProgress stages = StageProgress.of(spark, report -> status.show(report.sentence()));
        TrainingLog log = new TrainingLog(folder, status, stages, run.model().epochs(), resume)) {
      RunContext context =
          new RunContext(
              spark, job.training().roundMinutes(), signal.stop(), Optional.of(checkpointing));
      try (EmbeddingRun.Result trained = signal.sayWhenStopped(() -> run.train(context, log))) {
        ObjectNode summary = summary(run.model(), trained, log);
        log.working("writing vectors");
        // A thread of its own has this one's class loader; those of the common pool have not.
        CompletableFuture<String> map =
            CompletableFuture.supplyAsync(
                () -> map(trained.vectors(), job.seed()),
                work -> new Thread(work, "map of words").start());
        run.output().write(context, trained.vectors(), folder.toString());
        summary.put("modelSha256", trained.vectors().sha256());
        trained.chosen().forEach(summary::put);
        folder.write("report.html", page(file, run, job.seed(), summary, log, map.join()).html());
        summary.put("seconds", (System.nanoTime() - begin) / 1e9);
        folder.write("summary.json", summary.toPrettyString() + "\n");
        status.print(
            "%,.0f words/s in training, %.1f s in all, loss %s"
                .formatted(
                    summary.get("wordsPerSecond").asDouble(),
                    summary.get("seconds").asDouble(),
                    summary.get("loss").asText()));
      }
      status.print("results in " + folder);
      return 0;
    } catch (Stopped e) {
      return 1; // said already
    }
  }

  private static ObjectNode summary(
      EmbeddingModel model, EmbeddingRun.Result trained, TrainingLog log) {
    double seconds = log.seconds();
    return JSON.createObjectNode()
        .put("model", model.name())
        .put("vocabulary", trained.vectors().numWords())
        .put("tokens", trained.corpus().tokens())
        .put("brokenLines", trained.corpus().brokenLines())
        .put("dimension", model.dimension())
        .put("epochs", model.epochs())
        .put("rounds", log.numReports())
        .put("kernel", model.kernel())
        .put("loss", log.loss())
        .put("wordsPerSecond", log.words() / seconds)
        .put("trainingSeconds", seconds);
  }

  private VectorsPage page(
      SettingsFile file,
      EmbeddingRun run,
      long seed,
      ObjectNode summary,
      TrainingLog log,
      String map) {
    Map<String, String> tiles = new LinkedHashMap<>();
    tiles.put("words/s in training", "%,.0f".formatted(summary.get("wordsPerSecond").asDouble()));
    tiles.put("words", "%,d".formatted(summary.get("vocabulary").asLong()));
    tiles.put("tokens", "%,d".formatted(summary.get("tokens").asLong()));
    tiles.put("loss", "%.4f".formatted(log.loss()));
    tiles.put("training time", StatusLine.clock(log.seconds()));
    EmbeddingModel model = run.model();
    Map<String, String> provenance = new LinkedHashMap<>();
    provenance.put("corpus", run.texts().path());
    provenance.put("seed", "" + seed);
    provenance.put("kernel", model.kernel());
    provenance.put("SHA-256 of the vectors", summary.get("modelSha256").asText());
    return new VectorsPage(
        options.name(),
        "%s, %d dimensions, %d epochs".formatted(model.name(), model.dimension(), model.epochs()),
        tiles,
        log.course(),
        map,
        file.text(),
        provenance);
  }

  private static String map(WordVectors vectors, long seed) {
    FrequentWords words = FrequentWords.of(vectors, MAP_WORDS);
    int size = words.words().size();
    if (size < 10) {
      return "";
    }
    Tsne.Layout layout =
        new Tsne(Math.min(20, size / 3), 500, seed).layout(words.vectors(), words.dimension());
    return new WordMap(words.words(), layout.x(), layout.y()).svg();
  }
}
