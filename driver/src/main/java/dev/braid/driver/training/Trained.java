package dev.braid.driver.training;

import dev.braid.worker.state.State;

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
 */
public record Trained(
    State state, int epochs, int rounds, long steps, long updates, long examples, double seconds) {

  /** The same counts and times with another state. */
  Trained with(State other) {
    return new Trained(other, epochs, rounds, steps, updates, examples, seconds);
  }
}
