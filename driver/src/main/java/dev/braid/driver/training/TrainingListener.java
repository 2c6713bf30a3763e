package dev.braid.driver.training;

import dev.braid.driver.data.RowsLeftOut;
import dev.braid.driver.features.Features;
import dev.braid.driver.run.RunListener;
import java.util.List;

/** Is told how a training goes, on the thread that trains. */
public interface TrainingListener extends RunListener {
  /**
   * Before the first round, where rows of a source could not be used and were left out.
   *
   * @param rows by source
   */
  default void rowsLeftOut(List<RowsLeftOut> rows) {}

  /** After each round. */
  default void round(RoundReport report) {}

  /** After each epoch, its validation included. */
  default void epoch(EpochReport report) {}

  /** The outputs of layers that never learn are there; the rounds train the others on them. */
  default void featuresComputed(Features.Report report) {}
}
