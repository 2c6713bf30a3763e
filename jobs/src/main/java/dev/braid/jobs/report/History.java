package dev.braid.jobs.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.driver.training.EpochReport;
import dev.braid.driver.training.Evaluation;
import dev.braid.driver.training.RoundReport;
import dev.braid.driver.training.TrainingListener;
import java.util.List;
import java.util.Optional;

/** The course of a run in bounded memory, as the report draws it: over epochs. */
public final class History implements TrainingListener {
  final Curve loss = new Curve();
  final Curve validationLoss = new Curve();
  final Curve metric = new Curve();
  final Curve learningRate = new Curve();
  final Curve spread = new Curve();
  final Curve cosine = new Curve();
  final Curve localSteps = new Curve();

  private final List<String> earlier;
  private final int workers;
  private final int epochs;
  private final String metricName;
  private Optional<Evaluation> validation = Optional.empty();
  private boolean keepsBest;
  private double lastLoss;
  private double computeSeconds;
  private double exchangeSeconds;
  private double schedulingSeconds;

  /**
   * @param workers logical ones
   * @param epochs the run will have at most
   * @param metricName which of the validation metrics is drawn
   */
  public History(int workers, int epochs, String metricName) {
    this(workers, epochs, metricName, List.of());
  }

  /**
   * @param earlier lines of {@code metrics.jsonl} of the run that goes on
   */
  public History(int workers, int epochs, String metricName, List<String> earlier) {
    this.earlier = List.copyOf(earlier);
    this.workers = workers;
    this.epochs = epochs;
    this.metricName = metricName;
  }

  /** Draws what the run has done before, as far as its log tells. */
  @Override
  public void resumed(int rounds, String from, List<String> damaged) {
    for (ObjectNode line : MetricsLog.kept(earlier, rounds)) {
      if (line.path("event").asText().equals("round")) {
        double done = line.path("round").asDouble() * epochs / line.path("rounds").asDouble();
        loss.add(done, line.path("loss").asDouble());
        learningRate.add(done, line.path("learningRate").asDouble());
        spread.add(done, line.path("spread").asDouble());
        cosine.add(done, line.path("cosine").asDouble());
        localSteps.add(done, line.path("localSteps").asDouble());
        computeSeconds += line.path("computeSeconds").asDouble();
        exchangeSeconds += line.path("exchangeSeconds").asDouble();
        schedulingSeconds += line.path("schedulingSeconds").asDouble();
      } else if (line.path("event").asText().equals("epoch")) {
        lastLoss = line.path("loss").asDouble();
        keepsBest |= line.path("best").asBoolean();
        validationLoss.add(
            line.path("epoch").asDouble(), line.at("/validation/loss").asDouble(Double.NaN));
        metric.add(
            line.path("epoch").asDouble(),
            line.path("validation").path(metricName).asDouble(Double.NaN));
      }
    }
  }

  @Override
  public void round(RoundReport report) {
    double done = (double) (report.round() + 1) * epochs / report.rounds();
    loss.add(done, report.loss());
    learningRate.add(done, report.learningRate());
    spread.add(done, report.spread());
    cosine.add(done, report.cosine());
    localSteps.add(done, report.localSteps());
    computeSeconds += report.computeSeconds();
    exchangeSeconds += report.exchangeSeconds();
    schedulingSeconds += report.schedulingSeconds();
  }

  @Override
  public void epoch(EpochReport report) {
    int done = report.epoch() + 1;
    lastLoss = report.loss();
    keepsBest |= report.best();
    if (report.best() || !keepsBest) {
      validation = report.validation();
    }
    report
        .validation()
        .ifPresent(
            scores -> {
              validationLoss.add(done, scores.loss());
              metric.add(done, scores.values().getOrDefault(metricName, Double.NaN));
            });
  }

  /** How the model that the run keeps did on the validation examples, if there are any. */
  public Optional<Evaluation> validation() {
    return validation;
  }

  /** Logical workers. */
  public int workers() {
    return workers;
  }

  /** Mean loss over the last epoch's training examples. */
  public double lastLoss() {
    return lastLoss;
  }

  /** Seconds of the rounds in local passes. */
  public double computeSeconds() {
    return computeSeconds;
  }

  /** Seconds of the rounds sending and averaging states. */
  public double exchangeSeconds() {
    return exchangeSeconds;
  }

  /** Seconds of the rounds in Spark's own work, and waiting. */
  public double schedulingSeconds() {
    return schedulingSeconds;
  }

  /** Name of the metric that is drawn. */
  String metricName() {
    return metricName;
  }
}
