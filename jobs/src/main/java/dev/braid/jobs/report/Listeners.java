package dev.braid.jobs.report;

import dev.braid.driver.data.RowsLeftOut;
import dev.braid.driver.features.Features;
import dev.braid.driver.training.EpochReport;
import dev.braid.driver.training.RoundReport;
import dev.braid.driver.training.TrainingListener;
import java.util.List;

/**
 * Several listeners as one.
 *
 * @param all told in this order
 */
public record Listeners(List<TrainingListener> all) implements TrainingListener {
  @Override
  public void rowsLeftOut(List<RowsLeftOut> rows) {
    all.forEach(listener -> listener.rowsLeftOut(rows));
  }

  @Override
  public void round(RoundReport report) {
    all.forEach(listener -> listener.round(report));
  }

  @Override
  public void epoch(EpochReport report) {
    all.forEach(listener -> listener.epoch(report));
  }

  @Override
  public void resumed(int rounds, String from, List<String> damaged) {
    all.forEach(listener -> listener.resumed(rounds, from, damaged));
  }

  @Override
  public void checkpointed(int rounds, String path, double seconds) {
    all.forEach(listener -> listener.checkpointed(rounds, path, seconds));
  }

  @Override
  public void checkpointFailed(int rounds, String reason) {
    all.forEach(listener -> listener.checkpointFailed(rounds, reason));
  }

  @Override
  public void warned(int rounds, String sentence) {
    all.forEach(listener -> listener.warned(rounds, sentence));
  }

  @Override
  public void featuresComputed(Features.Report report) {
    all.forEach(listener -> listener.featuresComputed(report));
  }
}
