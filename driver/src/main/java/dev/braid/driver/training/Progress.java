package dev.braid.driver.training;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.braid.driver.exchange.Exchange.Totals;
import dev.braid.driver.exchange.LossExplosion;
import dev.braid.driver.plan.LocalSteps.Pace;
import dev.braid.driver.plan.ReduceOnPlateau;
import dev.braid.driver.plan.TrainingPlan;
import dev.braid.driver.training.Walk.Position;

/**
 * Where a training stands between two rounds, but for its states.
 *
 * @param position in the data
 * @param work done so far
 * @param losses of this epoch so far
 * @param pace local steps and what they rest on
 * @param level where the learning rate's plateau rule stands
 * @param explosion what the loss is held against; null in checkpoints of an older Braid
 */
record Progress(
    Position position,
    @JsonUnwrapped Work work,
    @JsonUnwrapped Losses losses,
    Pace pace,
    ReduceOnPlateau.Level level,
    LossExplosion explosion) {

  Progress {
    explosion = explosion == null ? LossExplosion.UNKNOWN : explosion;
  }

  /**
   * The losses of the examples of an epoch that have a label.
   *
   * @param epochLossSum their sum
   * @param epochExamples how many they are
   */
  record Losses(double epochLossSum, long epochExamples) {
    private static final Losses NONE = new Losses(0, 0);

    double mean() {
      return epochLossSum / Math.max(1, epochExamples);
    }
  }

  /** Where a training begins. */
  static Progress first(Position start, Pace pace) {
    return new Progress(
        start, Work.NONE, Losses.NONE, pace, ReduceOnPlateau.Level.FIRST, LossExplosion.UNKNOWN);
  }

  /** After a round that ends at a position. */
  Progress after(Totals round, Position end) {
    Losses sums =
        new Losses(losses.epochLossSum + round.lossSum(), losses.epochExamples + round.labelled());
    return new Progress(end, work.plus(round), sums, pace, level, explosion.after(round));
  }

  /** The same with the local steps of the next round. */
  Progress with(Pace next) {
    return new Progress(position, work, losses, next, level, explosion);
  }

  /** After the last round of an epoch. */
  Progress afterEpoch(ReduceOnPlateau.Level next) {
    return new Progress(position, work, Losses.NONE, pace, next, explosion);
  }

  /** The number of the epoch that the next round belongs to, from 0. */
  int epoch() {
    return position.epoch();
  }

  /** The number of the next round, from 0. */
  int round() {
    return work.rounds();
  }

  /** Passes over the data done, such as 1.25. */
  double epochsDone(Walk walk) {
    int localSteps = Math.max(1, pace.localSteps());
    double share =
        (double) walk.roundsDone(position, localSteps) / walk.roundsPerEpoch(epoch(), localSteps);
    return epoch() + share;
  }

  /** Rounds to the end of the plan's epochs, as far as their local steps are known. */
  int roundsLeft(Walk walk, TrainingPlan plan) {
    int left = 0;
    int perEpoch = 0;
    int steps = 0;
    for (int epoch = epoch(); epoch < plan.epochs(); epoch++) {
      int expected = plan.localSteps().expected(pace, epoch);
      if (expected != steps) {
        steps = expected;
        perEpoch = walk.roundsPerEpoch(epoch, steps);
      }
      left += perEpoch;
    }
    return left - walk.roundsDone(position, Math.max(1, pace.localSteps()));
  }
}
