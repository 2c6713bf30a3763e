package dev.braid.jobs.report;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;

import dev.braid.driver.data.Part;
import dev.braid.driver.data.RowsLeftOut;
import dev.braid.driver.evaluation.Evaluation;
import dev.braid.driver.training.Trained;
import dev.braid.driver.training.TrainingRun;
import dev.braid.jobs.metrics.History;
import dev.braid.jobs.page.ExamplesSection;
import dev.braid.jobs.page.MistakesSection;
import dev.braid.jobs.page.Page;
import dev.braid.jobs.page.PartsSection;
import dev.braid.jobs.page.ReportPage;
import dev.braid.jobs.page.ScoreTables;
import dev.braid.jobs.picture.Picture;
import dev.braid.worker.model.ForeignFormat;
import dev.braid.worker.model.Model;
import dev.braid.worker.model.ModelDescription;
import dev.braid.worker.model.ModelFile;
import dev.braid.worker.torch.script.ScriptArchitecture;
import dev.braid.worker.torch.script.ScriptPlan;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a training leaves behind.
 *
 * @param job what was run
 * @param result what it has come to
 * @param dl4j whether the model's file is to hold DL4J's entries
 * @param remarks sentences about what was read
 * @param history its course
 * @param seconds from the job's start to its end
 */
public record Results(
    Job job,
    TrainingRun.Result result,
    boolean dl4j,
    List<String> remarks,
    History history,
    double seconds) {

  /**
   * What was run, and where.
   *
   * @param name of the run
   * @param settings the job file's text
   * @param master of Spark
   */
  public record Job(String name, String settings, String master) {}

  /** Writes the model, the summary and the report. */
  public void write(RunFolder folder) {
    Summary summary = summary();
    folder.write("model.zip", dl4j ? this::writeModelWithDl4j : this::writeModel);
    if (result.model().description().network() instanceof ScriptArchitecture) {
      ScriptPlan plan = (ScriptPlan) result.model().description().plan();
      folder.write("model.pt", out -> plan.write(result.model().state(), out));
    }
    folder.write("report.html", page(summary).html());
    folder.write("summary.json", summary.json());
  }

  private void writeModel(OutputStream out) throws IOException {
    ModelFile.write(out, result.model());
  }

  private void writeModelWithDl4j(OutputStream out) throws IOException {
    Model model = result.model();
    ModelFile.write(
        out,
        model,
        ForeignFormat.named("dl4j").map(format -> format.beside(model)).orElse(Map.of()));
  }

  /** The score that says most: {@code test accuracy 0.8815}. */
  public String headline() {
    Summary summary = summary();
    return summary.scores().entrySet().stream()
        .skip(summary.scores().size() > 1 ? 1 : 0)
        .findFirst()
        .map(entry -> "%s %s %.4f".formatted(summary.scoredOn(), entry.getKey(), entry.getValue()))
        .orElseThrow();
  }

  /**
   * The parts beside one another, {@code accuracy: train 0.99, trainDev 0.98, dev 0.91, test 0.90};
   * empty where no part tells variance from a mismatch of the data.
   */
  public Optional<String> comparison() {
    if (!result.scores().containsKey(Part.TRAIN_DEV)) {
      return Optional.empty();
    }
    String metric = summary().scores().keySet().stream().skip(1).findFirst().orElse("loss");
    return Optional.of(
        result.scores().entrySet().stream()
            .map(e -> "%s %.4f".formatted(e.getKey().key(), e.getValue().value(metric)))
            .collect(joining(", ", metric + ": ", "")));
  }

  /** {@code stopped at epoch 7, best was epoch 4}; empty without early stopping. */
  public Optional<String> ending() {
    Trained trained = result.trained();
    return trained
        .best()
        .map(
            best ->
                "%s epoch %d, best was epoch %d"
                    .formatted(
                        best.stopped() ? "stopped at" : "ended with",
                        trained.epochs(),
                        best.epoch()));
  }

  /** {@code the model is a moving average ...}; empty where it is of one round. */
  public Optional<String> average() {
    return result.trained().average().map("the model is the "::concat);
  }

  private Summary summary() {
    Trained trained = result.trained();
    Model model = result.model();
    Optional<Evaluation> scored =
        result.test().or(() -> Optional.ofNullable(result.scores().get(Part.DEV)));
    return new Summary(
        scored.map(Evaluation::values).orElse(Map.of("loss", history.lastLoss())),
        result.test().isPresent() ? "test" : scored.isPresent() ? "validation" : "training",
        parts(),
        new Summary.Done(
            trained.epochs(),
            trained.work().rounds(),
            trained.work().steps(),
            trained.work().examples(),
            trained.work().examples() / trained.seconds()),
        new Summary.Size(
            model.params().size(),
            history.workers(),
            model.sha256(),
            trained.average().orElse(null)),
        Summary.Time.of(history.seconds(), trained.seconds(), seconds),
        history.leftOut().stream()
            .collect(toMap(RowsLeftOut::part, RowsLeftOut::count, Long::sum, TreeMap::new)),
        trained
            .best()
            .map(best -> new Summary.Stopping(best.epoch(), best.stopped()))
            .orElse(null));
  }

  /** The scores of the parts by the names of these. */
  private Map<String, Map<String, Double>> parts() {
    Map<String, Map<String, Double>> parts = new LinkedHashMap<>();
    result.scores().forEach((part, scored) -> parts.put(part.key(), scored.values()));
    return parts;
  }

  private ReportPage page(Summary summary) {
    Map<String, ScoreTables> scores = new LinkedHashMap<>();
    List<ModelDescription.Labels> labels = result.model().description().labels();
    result
        .test()
        .ifPresent(
            test ->
                test.outputs()
                    .forEach(
                        (output, metrics) ->
                            scores.put(
                                output,
                                new ScoreTables(metrics, labels.get(scores.size()).classes()))));
    return new ReportPage(
        new Page(job.name(), subtitle(), tiles(summary), job.settings(), provenance(summary)),
        history,
        new PartsSection(result.scores()).html(),
        scores,
        new ExamplesSection(allRemarks(), result.model().description(), result.classes()).html(),
        new MistakesSection(
                result.mistakes(),
                result.model().description(),
                result.test().isPresent() ? "test" : "validation")
            .html(),
        written());
  }

  private String written() {
    return result.model().description().labels().stream()
        .map(labels -> Picture.of(labels.task().name()).written(result.model()))
        .collect(joining());
  }

  private List<String> allRemarks() {
    return Stream.concat(remarks.stream(), history.leftOut().stream().map(BrokenRowsLog::sentence))
        .toList();
  }

  private String subtitle() {
    return "%,d parameters, %s, on %s%s"
        .formatted(
            result.model().params().size(),
            history.workers() == 1 ? "1 worker" : history.workers() + " workers",
            job.master(),
            result.trained().average().map(", "::concat).orElse(""));
  }

  private Map<String, String> tiles(Summary summary) {
    Map<String, String> tiles = new LinkedHashMap<>();
    String headline = headline();
    int space = headline.lastIndexOf(' ');
    tiles.put(headline.substring(0, space), headline.substring(space + 1));
    tiles.put(summary.scoredOn() + " loss", "%.4f".formatted(summary.scores().get("loss")));
    tiles.put(
        history.best().isPresent()
            ? "epochs, the best was %,d".formatted(history.best().getAsInt())
            : "epochs",
        "%,d".formatted(summary.done().epochs()));
    tiles.put("rounds", "%,d".formatted(summary.done().rounds()));
    tiles.put("examples a second", "%,.0f".formatted(summary.done().examplesPerSecond()));
    tiles.put("from start to end", StatusLine.clock(seconds));
    return tiles;
  }

  private Map<String, String> provenance(Summary summary) {
    ModelDescription.Provenance origin = result.model().description().provenance();
    Map<String, String> rows = new LinkedHashMap<>();
    rows.put("model (SHA-256)", summary.size().modelSha256());
    rows.put("settings (SHA-256)", origin.settingsSha256());
    rows.put("seed", String.valueOf(origin.seed()));
    rows.put("examples trained on", "%,d".formatted(origin.examples()));
    rows.put("Braid", origin.braid());
    rows.put("Spark", job.master());
    rows.put("Java", System.getProperty("java.runtime.version"));
    rows.put("machine", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    return rows;
  }
}
