package dev.braid.jobs.report;

import dev.braid.driver.evaluation.Evaluation;
import dev.braid.driver.training.EpochReport;
import dev.braid.driver.training.RoundReport;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.task.classification.Classification;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Reports as a training sends them, with numbers that are easy to find again. */
public final class Runs {
  private Runs() {}

  /**
   * Round {@code round} (from 0) of {@code rounds}: 0.25 s, 1280 examples, loss 1 / (round + 1).
   */
  public static RoundReport round(int epoch, int round, int rounds) {
    return new RoundReport(
        new RoundReport.At(epoch, round, (double) (round + 1) / rounds, rounds, 20L * (round + 1)),
        new RoundReport.Pass(10, 1.0 / (round + 1), 0.001, 1280),
        new RoundReport.Times(0.2, 0.02, 0.03, 0.25),
        new RoundReport.Divergence(0.01, 0.5),
        "");
  }

  /**
   * Epoch {@code epoch} (from 0), validated on four examples of two classes, three of them right.
   */
  public static EpochReport epoch(int epoch) {
    return epoch(epoch, OptionalInt.empty());
  }

  /** The same with early stopping. */
  public static EpochReport epoch(int epoch, OptionalInt patienceLeft) {
    return new EpochReport(
        epoch,
        40,
        0.5,
        Optional.of(evaluation()),
        Optional.of(evaluation()),
        new EpochReport.Verdict(true, patienceLeft, 1),
        2.5);
  }

  public static Evaluation evaluation() {
    Metrics metrics = Classification.ofLargest(2, 1);
    metrics.add(
        4, new float[] {0.9f, 0.1f, 0.2f, 0.8f, 0.3f, 0.7f, 0.6f, 0.4f}, new float[] {0, 1, 1, 1});
    return new Evaluation(0.4, 4, Map.of("output", metrics), Map.of(), List.of());
  }
}
