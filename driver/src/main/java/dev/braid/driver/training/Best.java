package dev.braid.driver.training;

import dev.braid.driver.evaluation.Evaluation;
import dev.braid.driver.plan.EarlyStopping;
import dev.braid.worker.state.State;
import java.util.Optional;
import java.util.OptionalInt;

/** The best state so far by the early-stopping metric, and how long ago it was. */
final class Best {
  private final EarlyStopping rule;
  private State state;
  private Standing standing = new Standing(0, 0);

  /**
   * What has been best.
   *
   * @param bestValue of the metric, 0 before the first epoch
   * @param epochsSinceBest epochs without improvement
   */
  record Standing(double bestValue, int epochsSinceBest) {}

  /**
   * @param rule null: no early stopping, the last state is the result
   */
  Best(EarlyStopping rule) {
    this.rule = rule;
  }

  /** Takes note of an epoch; returns whether it is the best so far. */
  boolean offer(Optional<Evaluation> evaluation, State current) {
    if (rule == null || evaluation.isEmpty()) {
      return false;
    }
    double now = evaluation.get().value(rule.metric());
    double value = standing.bestValue;
    double gain = evaluation.get().isBetterHigher(rule.metric()) ? now - value : value - now;
    if (state != null && !(gain > rule.minImprovement() || Double.isNaN(value))) {
      standing = new Standing(value, standing.epochsSinceBest + 1);
      return false;
    }
    state = current.copy();
    standing = new Standing(now, 0);
    return true;
  }

  /** Epochs without improvement until patience is over; empty without early stopping. */
  OptionalInt patienceLeft() {
    return rule == null
        ? OptionalInt.empty()
        : OptionalInt.of(Math.max(0, rule.patience() - standing.epochsSinceBest));
  }

  /**
   * Which epoch the result is of, and why the run ended; empty without early stopping.
   *
   * @param epochs that are done
   * @param planned epochs
   */
  Optional<Trained.Best> ending(int epochs, int planned) {
    return state == null
        ? Optional.empty()
        : Optional.of(new Trained.Best(epochs - standing.epochsSinceBest, epochs < planned));
  }

  /** Whether the metric has not improved for as many epochs as are borne. */
  boolean isPatienceOver() {
    return rule != null && standing.epochsSinceBest >= rule.patience();
  }

  /** The best state, or {@code last} without early stopping. */
  State or(State last) {
    return state != null ? state : last;
  }

  /** The best state, if any epoch was offered. */
  Optional<State> state() {
    return Optional.ofNullable(state);
  }

  /** The best state's validation loss, where that is what the rule looks at. */
  Optional<Double> loss() {
    return state != null && rule.metric().equals("loss")
        ? Optional.of(standing.bestValue)
        : Optional.empty();
  }

  Standing standing() {
    return standing;
  }

  /** Goes on from what was saved. */
  void restore(State savedState, Standing saved) {
    state = savedState;
    standing = saved;
  }
}
