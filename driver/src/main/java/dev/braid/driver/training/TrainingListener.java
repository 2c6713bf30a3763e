package dev.braid.driver.training;

import dev.braid.driver.data.RowsLeftOut;
import java.util.List;

/** Is told how a training goes, on the thread that trains. */
public interface TrainingListener {
  /**
   * Before the first round, where rows of a source could not be used and were left out.
   *
   * @param rows by source
   */
  default void rowsLeftOut(List<RowsLeftOut> rows) {}

  /** After each round. */
  void round(RoundReport report);

  /** After each epoch, its validation included. */
  void epoch(EpochReport report);

  /**
   * Before the first round of a training that was to be resumed.
   *
   * @param rounds done before; 0 when there was nothing to go on from
   * @param from a sentence that names the checkpoint
   * @param damaged sentences that name newer checkpoints and what is wrong with them
   */
  default void resumed(int rounds, String from, List<String> damaged) {}

  /** A checkpoint has been written. */
  default void checkpointed(int rounds, String path, double seconds) {}

  /** A checkpoint could not be written; the training goes on, and older ones are as they were. */
  default void checkpointFailed(int rounds, String reason) {}

  /**
   * Something that a person should know of, and that does not end the training.
   *
   * @param rounds done
   */
  default void warned(int rounds, String sentence) {}

  /** The outputs of layers that never learn are there; the rounds train the others on them. */
  default void featuresComputed(Features.Report report) {}
}
