package dev.braid.driver.run;

import java.util.List;

/**
 * Is told what every kind of run may come to, on the thread that runs. Who only speaks to a person
 * needs {@link #said} alone: the other events come as sentences there.
 */
public interface RunListener {
  /** A sentence for the person who watches. */
  default void said(String sentence) {}

  /**
   * Before the first round of a run that was to be resumed.
   *
   * @param rounds done before; 0 when there was nothing to go on from
   * @param from a sentence that names the checkpoint
   * @param damaged sentences that name newer checkpoints and what is wrong with them
   */
  default void resumed(int rounds, String from, List<String> damaged) {
    damaged.forEach(this::said);
    said(
        rounds == 0
            ? "nothing to resume, " + from + ": beginning anew"
            : "going on after round %,d from %s".formatted(rounds, from));
  }

  /** A checkpoint has been written. */
  default void checkpointed(int rounds, String path, double seconds) {}

  /** A checkpoint could not be written; the run goes on, and older ones are as they were. */
  default void checkpointFailed(int rounds, String reason) {
    said("no checkpoint after round %,d, going on without: %s".formatted(rounds, reason));
  }

  /**
   * Something that a person should know of, and that does not end the run.
   *
   * @param rounds done
   */
  default void warned(int rounds, String sentence) {
    said("warning: " + sentence);
  }
}
