package dev.braid.driver.training;

import dev.braid.worker.state.State;
import java.util.Optional;

/**
 * What a training has come to.
 *
 * @param state the last one, or with early stopping the best one
 * @param epochs passes over the data
 * @param work done for it
 * @param seconds from the first round's begin to the end
 * @param best with early stopping the epoch that the state is of
 * @param average what its parameters are an average of, in words; empty where they are of one round
 */
public record Trained(
    State state,
    int epochs,
    Work work,
    double seconds,
    Optional<Best> best,
    Optional<String> average) {

  /**
   * What early stopping has come to.
   *
   * @param epoch the best one, from 1
   * @param stopped whether it ended the run before its last epoch
   */
  public record Best(int epoch, boolean stopped) {}

  /** The same counts and times with another state. */
  Trained with(State other) {
    return new Trained(other, epochs, work, seconds, best, average);
  }
}
