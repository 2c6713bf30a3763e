package dev.braid.jobs.embedding;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.driver.checkpoint.FolderLock;
import dev.braid.driver.cluster.StageProgress;
import dev.braid.driver.embedding.Corpus;
import dev.braid.driver.embedding.FrequentWords;
import dev.braid.driver.embedding.RowCheckpoints;
import dev.braid.driver.embedding.VectorFiles;
import dev.braid.driver.embedding.VectorFiles.Format;
import dev.braid.driver.embedding.VectorReader;
import dev.braid.driver.embedding.Vocabulary;
import dev.braid.driver.embedding.WordVectors;
import dev.braid.jobs.page.VectorsPage;
import dev.braid.jobs.page.WordMap;
import dev.braid.jobs.report.RunFolder;
import dev.braid.jobs.report.StatusLine;
import dev.braid.jobs.session.JobOptions;
import dev.braid.jobs.session.Session;
import dev.braid.jobs.settings.SettingsFile;
import dev.braid.worker.embedding.SkipGramKernels;
import dev.braid.worker.tsne.Tsne;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code braid embed JOB.yaml}: turns a folder of texts into word vectors. */
@Command(name = "embed", description = "Train word vectors on a folder of texts.")
public final class EmbedJob implements Runnable {
  private static final JsonMapper JSON = new JsonMapper();

  /** Words on the map of the report: all find room for a dot, about half for a label. */
  private static final int MAP_WORDS = 600;

  /** From this share on the lines left out are no slips. */
  private static final double MANY_BROKEN = 0.01;

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
    VectorTraining training = file.check(() -> job.training(kernel));
    String folder = options.folder(output, job.output().folder(), resume);
    FolderLock.holding(
        folder,
        "embed " + options.name(),
        Session.hadoop(),
        () -> {
          train(file, job, training, kernel, RunFolder.create(folder, Session.hadoop()), begin);
          return null;
        });
  }

  private void train(
      SettingsFile file,
      EmbedFile job,
      VectorTraining training,
      SkipGramKernels.Choice kernel,
      RunFolder folder,
      long begin) {
    folder.write("job.yaml", file.text());
    StatusLine status =
        new StatusLine(
            spec.commandLine().getOut(), Boolean.getBoolean("braid.terminal"), System::nanoTime);
    status.print(
        "kernel %s: %s"
            .formatted(
                training.kernel(), job.training().kernel() == null ? kernel.reason() : "as set"));
    session.unusedGpus().ifPresent(status::print);
    try (SparkSession spark = session.open("embed " + options.name());
        StageProgress stages = StageProgress.of(spark, report -> status.show(report.sentence()))) {
      new Run(spark, stages, job, training, folder, status, file.text(), begin).train();
    }
    status.print("results in " + folder);
  }

  /** A run with its Spark. */
  private final class Run {
    private final SparkSession spark;
    private final StageProgress stages;
    private final EmbedFile job;
    private final VectorTraining training;
    private final RunFolder folder;
    private final StatusLine status;
    private final String settings;
    private final long begin;

    Run(
        SparkSession spark,
        StageProgress stages,
        EmbedFile job,
        VectorTraining training,
        RunFolder folder,
        StatusLine status,
        String settings,
        long begin) {
      this.spark = spark;
      this.stages = stages;
      this.job = job;
      this.training = training;
      this.folder = folder;
      this.status = status;
      this.settings = settings;
      this.begin = begin;
    }

    void train() {
      stages.begin("counting words");
      Optional<WordVectors> start = start();
      try (Corpus corpus = corpus();
          Vocabulary vocabulary =
              Vocabulary.count(
                  corpus,
                  job.corpus().minCount(),
                  job.corpus().maxWords(),
                  training.dimension(),
                  start)) {
        for (Format format : job.output().formats()) {
          VectorFiles.requireRoom(
              format, vocabulary.numWords(), training.dimension(), job.output().maxFileMiB() << 20);
        }
        status.print(
            "%,d words kept, %,d tokens".formatted(vocabulary.numWords(), vocabulary.numTokens()));
        long brokenLines = corpus.brokenLines();
        if (brokenLines > 0) {
          status.print(broken(brokenLines, corpus.numTexts()));
        }
        train(corpus, vocabulary, start, brokenLines);
      } finally {
        start.ifPresent(WordVectors::close);
      }
    }

    private static String broken(long lines, long texts) {
      double share = (double) lines / (lines + texts);
      return "%,d lines are no UTF-8 and are left out".formatted(lines)
          + (share < MANY_BROKEN
              ? ""
              : ", %.0f %% of all; if the texts are in another encoding, convert them: iconv -f LATIN1 -t UTF-8"
                  .formatted(100 * share));
    }

    private Corpus corpus() {
      if (job.corpus().tokenizer().startsWith("regex:")) {
        status.print("white space within a word is written _: a word of a file ends at a blank");
      }
      Corpus words = Corpus.read(spark, job.corpus().path(), job.corpus().tokenizer());
      return job.corpus().phrases() == null
          ? words
          : job.corpus().phrases().checked().join(spark, words);
    }

    private Optional<WordVectors> start() {
      if (job.startFrom() == null) {
        return Optional.empty();
      }
      WordVectors start = VectorReader.read(spark, job.startFrom(), status::print).joined();
      require(
          start.dimension() == training.dimension(),
          "startFrom %s has vectors of dimension %d, but the dimension set is %d",
          job.startFrom(),
          start.dimension(),
          training.dimension());
      status.print("going on from %,d vectors".formatted(start.numWords()));
      return Optional.of(start);
    }

    private void train(
        Corpus corpus, Vocabulary vocabulary, Optional<WordVectors> start, long brokenLines) {
      VectorTraining.Ready ready = training.prepare(vocabulary, status::print);
      RowCheckpoints checkpoints =
          new RowCheckpoints(
              folder + "/checkpoints",
              "%s %s %s %d words %d tokens"
                  .formatted(
                      ready.fingerprint(),
                      job.corpus(),
                      job.startFrom(),
                      vocabulary.numWords(),
                      vocabulary.numTokens()),
              ready.checkpointRounds(),
              status::print);
      stages.begin("cutting texts into blocks");
      try (TrainingLog log = new TrainingLog(folder, status, resume);
          WordVectors vectors =
              ready.train(spark, corpus, vocabulary, start, checkpoints, resume, log)) {
        double trainingSeconds = log.seconds();
        stages.begin("writing vectors");
        // A thread of its own has this one's class loader; those of the common pool have not.
        CompletableFuture<String> map =
            CompletableFuture.supplyAsync(
                () -> map(vectors), work -> new Thread(work, "map of words").start());
        for (Format format : job.output().formats()) {
          VectorFiles.write(spark, vectors, format, folder + "/" + format.fileName());
        }
        ObjectNode summary =
            JSON.createObjectNode()
                .put("model", training.name())
                .put("vocabulary", vectors.numWords())
                .put("tokens", vocabulary.numTokens())
                .put("brokenLines", brokenLines)
                .put("dimension", training.dimension())
                .put("epochs", training.epochs())
                .put("rounds", log.numReports())
                .put("kernel", training.kernel())
                .put("loss", log.loss())
                .put("wordsPerSecond", log.words() / trainingSeconds)
                .put("trainingSeconds", trainingSeconds)
                .put("modelSha256", vectors.sha256());
        ready.summarise(summary);
        report(vectors, summary, log, map.join());
        summary.put("seconds", (System.nanoTime() - begin) / 1e9);
        folder.write("summary.json", summary.toPrettyString() + "\n");
        status.print(
            "%,.0f words/s in training, %.1f s in all, loss %s"
                .formatted(
                    summary.get("wordsPerSecond").asDouble(),
                    summary.get("seconds").asDouble(),
                    summary.get("loss").asText()));
      }
    }

    private void report(WordVectors vectors, ObjectNode summary, TrainingLog log, String map) {
      Map<String, String> tiles = new LinkedHashMap<>();
      tiles.put("words/s in training", "%,.0f".formatted(summary.get("wordsPerSecond").asDouble()));
      tiles.put("words", "%,d".formatted(vectors.numWords()));
      tiles.put("tokens", "%,d".formatted(summary.get("tokens").asLong()));
      tiles.put("loss", "%.4f".formatted(log.loss()));
      tiles.put("training time", StatusLine.clock(log.seconds()));
      Map<String, String> provenance = new LinkedHashMap<>();
      provenance.put("corpus", job.corpus().path());
      provenance.put("seed", "" + job.seed());
      provenance.put("kernel", training.kernel());
      provenance.put("SHA-256 of the vectors", summary.get("modelSha256").asText());
      VectorsPage page =
          new VectorsPage(
              options.name(),
              "%s, %d dimensions, %d epochs"
                  .formatted(training.name(), training.dimension(), training.epochs()),
              tiles,
              log.course(),
              map,
              settings,
              provenance);
      folder.write("report.html", page.html());
    }

    private String map(WordVectors vectors) {
      FrequentWords words = FrequentWords.of(vectors, MAP_WORDS);
      int size = words.words().size();
      if (size < 10) {
        return "";
      }
      Tsne.Layout layout =
          new Tsne(Math.min(20, size / 3), 500, job.seed())
              .layout(words.vectors(), words.dimension());
      return new WordMap(words.words(), layout.x(), layout.y()).svg();
    }
  }
}
