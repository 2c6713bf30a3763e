package dev.braid.driver.run;

import static dev.braid.worker.Check.require;

import dev.braid.driver.checkpoint.CheckpointPlan;
import dev.braid.driver.checkpoint.Checkpoints;
import java.util.List;
import java.util.Map;

/**
 * How a run is kept safe.
 *
 * @param folder where its checkpoints lie
 * @param plan when they are written
 * @param settings of the whole job, flat, that a resume compares
 * @param free settings that cannot change the result
 * @param resume whether to go on from the newest checkpoint, if there is one
 */
public record Checkpointing(
    Checkpoints folder,
    CheckpointPlan plan,
    Map<String, String> settings,
    List<String> free,
    boolean resume) {
  /** Settings below {@code training} that cannot change the result of a run that goes on. */
  public static final List<String> FREE =
      List.of(
          "training.epochs",
          "training.checkpoint",
          "training.roundMinutes",
          "training.averaging.exchange",
          "training.averaging.sliceAboveMegabytes");

  public Checkpointing {
    settings = Map.copyOf(settings);
    free = List.copyOf(free);
  }

  /**
   * Does nothing where the run goes on with what is in the folder, or nothing is.
   *
   * @throws IllegalArgumentException where checkpoints are that nobody wants to go on from
   */
  public void requireFree() {
    require(
        resume || folder.isEmpty(),
        "%s holds the checkpoints of another run; go on with --resume, or choose another --output",
        folder);
  }
}
