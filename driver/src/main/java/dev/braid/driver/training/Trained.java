package dev.braid.driver.training;

import dev.braid.worker.state.State;
import java.util.Optional;

/**
 * What a training has come to.
 *
 * @param state the last one, or with early stopping the best one
 * @param epochs passes over the data
 * @param rounds send-train-average
 * @param steps optimizer steps by all workers together
 * @param updates that the state has undergone: steps of the worker that made most, each round
 * @param examples trained on, each counted as often as it was seen
 * @param seconds from the first round's begin to the end
 * @param best with early stopping the epoch that the state is of
 */
public record Trained(
    State state,
    int epochs,
    int rounds,
    long steps,
    long updates,
    long examples,
    double seconds,
    Optional<Best> best) {

  /**
   * What early stopping has come to.
   *
   * @param epoch the best one, from 1
   * @param stopped whether it ended the run before its last epoch
   */
  public record Best(int epoch, boolean stopped) {}

  /** The same counts and times with another state. */
  Trained with(State other) {
    return new Trained(other, epochs, rounds, steps, updates, examples, seconds, best);
  }
}
