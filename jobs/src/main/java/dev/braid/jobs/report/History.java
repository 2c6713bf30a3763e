package dev.braid.jobs.report;

import dev.braid.driver.training.EpochReport;
import dev.braid.driver.training.Evaluation;
import dev.braid.driver.training.RoundReport;
import dev.braid.driver.training.TrainingListener;
import java.util.Optional;

/** The course of a run in bounded memory, as the report draws it: over epochs. */
public final class History implements TrainingListener {
  final Curve loss = new Curve();
  final Curve validationLoss = new Curve();
  final Curve metric = new Curve();
  final Curve learningRate = new Curve();
  final Curve spread = new Curve();

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
    this.workers = workers;
    this.epochs = epochs;
    this.metricName = metricName;
  }

  @Override
  public void round(RoundReport report) {
    double done = (double) (report.round() + 1) * epochs / report.rounds();
    loss.add(done, report.loss());
    learningRate.add(done, report.learningRate());
    spread.add(done, report.spread());
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
