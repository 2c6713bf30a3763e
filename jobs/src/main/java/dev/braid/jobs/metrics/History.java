package dev.braid.jobs.metrics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.driver.data.RowsLeftOut;
import dev.braid.driver.evaluation.Evaluation;
import dev.braid.driver.training.EpochReport;
import dev.braid.driver.training.RoundReport;
import dev.braid.driver.training.TrainingListener;
import dev.braid.jobs.chart.Curve;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The course of a run in bounded memory, as the report draws it: over epochs. */
public final class History implements TrainingListener {
  private static final JsonMapper JSON = new JsonMapper();

  public final Curve loss = new Curve();
  public final Curve validationLoss = new Curve();
  public final Curve metric = new Curve();
  public final Curve trainingMetric = new Curve();
  public final Curve learningRate = new Curve();
  public final Curve spread = new Curve();
  public final Curve cosine = new Curve();
  public final Curve localSteps = new Curve();

  private final List<String> earlier;
  private final int workers;
  private final String metricName;
  private final EpochRounds rounds = new EpochRounds();
  private Optional<Evaluation> validation = Optional.empty();
  private List<RowsLeftOut> leftOut = List.of();
  private int epochs;
  private OptionalInt best = OptionalInt.empty();
  private int mostLocalSteps;
  private int mostLocalStepsBefore;
  private boolean localStepsChange;
  private double lastLoss;
  private RoundSeconds seconds = new RoundSeconds(0, 0, 0);

  /**
   * The rounds of the epoch that goes on. How long it will be is not known, and a run that goes on
   * may have another number of epochs than before; when it ends its rounds are spread over it.
   */
  private final class EpochRounds {
    private final Map<Curve, Curve> pending = new LinkedHashMap<>();
    private int count;

    void add(Curve curve, double y) {
      pending.computeIfAbsent(curve, absent -> new Curve()).add(count, y);
    }

    void end() {
      pending.forEach(
          (curve, points) -> {
            for (Curve.Bucket bucket : points.buckets()) {
              curve.add(bucket.at(epochs + bucket.x() / count));
            }
          });
      pending.clear();
      count = 0;
      localStepsChange |= epochs > 0 && mostLocalSteps != mostLocalStepsBefore;
      mostLocalStepsBefore = mostLocalSteps;
      mostLocalSteps = 0;
    }
  }

  /**
   * A run that begins, or goes on.
   *
   * @param workers logical ones
   * @param metricName which of the validation metrics is drawn
   * @param earlier lines of {@code metrics.jsonl} of the run that goes on
   */
  public History(int workers, String metricName, List<String> earlier) {
    this.earlier = List.copyOf(earlier);
    this.workers = workers;
    this.metricName = metricName;
  }

  /** Logical workers. */
  public int workers() {
    return workers;
  }

  /** Name of the metric that is drawn. */
  public String metricName() {
    return metricName;
  }

  @Override
  public void rowsLeftOut(List<RowsLeftOut> sources) {
    leftOut = List.copyOf(sources);
  }

  /** By source the rows that could not be used. */
  public List<RowsLeftOut> leftOut() {
    return leftOut;
  }

  /** Draws what the run has done before, as far as its log tells. */
  @Override
  public void resumed(int numRounds, String from, List<String> damaged) {
    for (ObjectNode line : MetricsLog.kept(earlier, numRounds)) {
      if (line.path("event").asText().equals("round")) {
        round(line);
      } else if (line.path("event").asText().equals("epoch")) {
        JsonNode scores = line.path("validation");
        epoch(
            line.path("loss").asDouble(),
            line.path("best").asBoolean(),
            line.path("training").path(metricName).asDouble(Double.NaN),
            scores.path("loss").asDouble(Double.NaN),
            scores.path(metricName).asDouble(Double.NaN));
      }
    }
  }

  private void round(JsonNode line) {
    rounds.count++;
    rounds.add(loss, line.path("loss").asDouble());
    rounds.add(learningRate, line.path("learningRate").asDouble());
    rounds.add(spread, line.path("spread").asDouble());
    rounds.add(cosine, line.path("cosine").asDouble());
    rounds.add(localSteps, line.path("localSteps").asDouble());
    mostLocalSteps = Math.max(mostLocalSteps, line.path("localSteps").asInt());
    seconds =
        seconds.plus(
            new RoundSeconds(
                line.path("computeSeconds").asDouble(),
                line.path("exchangeSeconds").asDouble(),
                line.path("schedulingSeconds").asDouble()));
  }

  /** Where the time of the rounds went. */
  public RoundSeconds seconds() {
    return seconds;
  }

  @Override
  public void round(RoundReport report) {
    round(JSON.<JsonNode>valueToTree(report));
  }

  @Override
  public void epoch(EpochReport report) {
    if (report.best() || best.isEmpty()) {
      validation = report.validation();
    }
    epoch(
        report.loss(),
        report.best(),
        metric(report.training()),
        report.validation().map(Evaluation::loss).orElse(Double.NaN),
        metric(report.validation()));
  }

  private double metric(Optional<Evaluation> scores) {
    return scores.map(found -> found.values().get(metricName)).orElse(Double.NaN);
  }

  private void epoch(
      double meanLoss,
      boolean isBest,
      double trainedMetric,
      double scoredLoss,
      double scoredMetric) {
    rounds.end();
    epochs++;
    lastLoss = meanLoss;
    best = isBest ? OptionalInt.of(epochs) : best;
    validationLoss.add(epochs, scoredLoss);
    trainingMetric.add(epochs, trainedMetric);
    metric.add(epochs, scoredMetric);
  }

  /** The epoch, from 1, whose model the run keeps; empty where it keeps the last one. */
  public OptionalInt best() {
    return best;
  }

  /** How the model that the run keeps did on the validation examples, if there are any. */
  public Optional<Evaluation> validation() {
    return validation;
  }

  /** Mean loss over the last epoch's training examples. */
  public double lastLoss() {
    return lastLoss;
  }

  /** Whether local steps are not the same in all epochs, but for rounds that end a shard. */
  public boolean localStepsChange() {
    return localStepsChange;
  }
}
