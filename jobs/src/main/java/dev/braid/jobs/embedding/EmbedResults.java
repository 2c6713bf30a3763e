package dev.braid.jobs.embedding;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.driver.embedding.EmbeddingModel;
import dev.braid.driver.embedding.EmbeddingRun;
import dev.braid.driver.embedding.queries.FrequentWords;
import dev.braid.driver.embedding.vectors.WordVectors;
import dev.braid.driver.run.RunContext;
import dev.braid.jobs.chart.WordMap;
import dev.braid.jobs.page.Page;
import dev.braid.jobs.page.VectorsPage;
import dev.braid.jobs.report.RunFolder;
import dev.braid.jobs.report.StatusLine;
import dev.braid.worker.tsne.Tsne;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.DoubleSupplier;

/**
 * What a training of word vectors leaves behind.
 *
 * @param name of the run
 * @param settings the job file's text
 * @param seed of every random choice
 * @param run what was trained
 * @param trained what it has come to
 * @param log its course
 */
record EmbedResults(
    String name,
    String settings,
    long seed,
    EmbeddingRun run,
    EmbeddingRun.Result trained,
    EmbeddingLog log) {
  private static final JsonMapper JSON = new JsonMapper();

  /** Words on the map of the report: all find room for a dot, about half for a label. */
  private static final int MAP_WORDS = 600;

  /**
   * Writes the vectors, the report and the summary.
   *
   * @param seconds since the job began
   * @return what they say, in a line
   */
  String write(RunContext context, RunFolder folder, DoubleSupplier seconds) {
    ObjectNode summary = summary();
    log.working("writing vectors");
    // A thread of its own has this one's class loader; those of the common pool have not.
    CompletableFuture<String> map =
        CompletableFuture.supplyAsync(
            () -> map(trained.vectors(), seed), work -> new Thread(work, "map of words").start());
    run.output().write(context, trained.vectors(), folder.toString());
    summary.put("modelSha256", trained.vectors().sha256());
    trained.chosen().forEach(summary::put);
    folder.write("report.html", page(summary, map.join()).html());
    summary.put("seconds", seconds.getAsDouble());
    folder.write("summary.json", summary.toPrettyString() + "\n");
    return "%,.0f words/s in training, %.1f s in all, loss %s"
        .formatted(
            summary.get("wordsPerSecond").asDouble(),
            summary.get("seconds").asDouble(),
            summary.get("loss").asText());
  }

  private ObjectNode summary() {
    EmbeddingModel model = run.model();
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

  private VectorsPage page(ObjectNode summary, String map) {
    EmbeddingModel model = run.model();
    Map<String, String> tiles = new LinkedHashMap<>();
    tiles.put("words/s in training", "%,.0f".formatted(summary.get("wordsPerSecond").asDouble()));
    tiles.put("words", "%,d".formatted(summary.get("vocabulary").asLong()));
    tiles.put("tokens", "%,d".formatted(summary.get("tokens").asLong()));
    tiles.put("loss", "%.4f".formatted(log.loss()));
    tiles.put("training time", StatusLine.clock(summary.get("trainingSeconds").asDouble()));
    Map<String, String> provenance = new LinkedHashMap<>();
    provenance.put("corpus", run.texts().path());
    provenance.put("seed", "" + seed);
    provenance.put("kernel", model.kernel());
    provenance.put("SHA-256 of the vectors", summary.get("modelSha256").asText());
    String subtitle =
        "%s, %d dimensions, %d epochs".formatted(model.name(), model.dimension(), model.epochs());
    return new VectorsPage(
        new Page(name, subtitle, tiles, settings, provenance), log.course(), map);
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
