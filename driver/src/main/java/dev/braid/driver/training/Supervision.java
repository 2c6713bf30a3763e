package dev.braid.driver.training;

import dev.braid.driver.run.Checkpointing;
import dev.braid.driver.run.Stop;
import java.util.Optional;

/**
 * Who looks after a training.
 *
 * @param listener is told what it does
 * @param checkpointing where checkpoints are written, if they are
 * @param stop ends it early, after a last checkpoint
 */
public record Supervision(
    TrainingListener listener, Optional<Checkpointing> checkpointing, Stop stop) {

  /** A listener alone: no checkpoint is written, and nobody stops it. */
  public static Supervision by(TrainingListener listener) {
    return new Supervision(listener, Optional.empty(), new Stop());
  }
}
