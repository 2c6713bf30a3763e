package dev.braid.driver.training;

import dev.braid.driver.plan.MovingAverage;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.State;
import java.util.List;
import java.util.Optional;

/**
 * The moving average of a training's parameters and running statistics. It is kept as itself, not
 * as a sum: each round moves it towards the new parameters by their weight, in double precision
 * element by element.
 */
final class ParameterAverage {
  private final MovingAverage rule;
  private State average;
  private long steps;

  /**
   * @param rule null for none
   */
  ParameterAverage(MovingAverage rule) {
    this.rule = rule;
  }

  /**
   * Takes note of a round.
   *
   * @param last what it ended with
   * @param epoch of the round, from 0
   * @param done steps of the worker that made most
   */
  void add(State last, int epoch, long done) {
    if (rule == null || done == 0 || !rule.counts(epoch)) {
      return;
    }
    steps += done;
    if (average == null) {
      average = last.withoutSlots().copy();
      return;
    }
    double weight = rule.weight(done, steps);
    moveInPlace(average.params(), last.params(), weight);
    moveInPlace(average.statistics(), last.statistics(), weight);
  }

  /** Numbers that do not move, as infinite ones, stay as they are. */
  private static void moveInPlace(Blocks average, Blocks last, double weight) {
    for (int b = 0; b < average.count(); b++) {
      float[] from = average.block(b);
      float[] to = last.block(b);
      for (int i = 0; i < from.length; i++) {
        boolean moves = from[i] != to[i] && Float.isFinite(from[i]) && Float.isFinite(to[i]);
        from[i] = moves ? (float) (from[i] + weight * ((double) to[i] - from[i])) : to[i];
      }
    }
  }

  /**
   * The average with the optimizer's memory of {@code last}, or {@code last} where there is none.
   */
  State or(State last) {
    return average == null ? last : new State(average.params(), last.slots(), average.statistics());
  }

  /** The average, where anything is part of it yet. */
  Optional<State> state() {
    return Optional.ofNullable(average);
  }

  /** What the model's parameters are, in words; empty where they are the last ones. */
  Optional<String> describe() {
    return average == null ? Optional.empty() : Optional.of(rule.describe());
  }

  /** Steps that are part of it. */
  long steps() {
    return steps;
  }

  /** Goes on from what was saved. */
  void restore(State saved, long savedSteps) {
    average = new State(saved.params(), List.of(), saved.statistics());
    steps = savedSteps;
  }
}
