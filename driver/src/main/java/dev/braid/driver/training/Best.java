package dev.braid.driver.training;

import dev.braid.worker.metric.Metrics;
import dev.braid.worker.state.State;
import java.util.Optional;

/** The best state so far by the early-stopping metric, and how long ago it was. */
final class Best {
  private final EarlyStopping rule;
  private State state;
  private double value;
  private int epochsSince;

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
    double gain = isBetterHigher(rule.metric()) ? now - value : value - now;
    if (state != null && !(gain > rule.minImprovement() || Double.isNaN(value))) {
      epochsSince++;
      return false;
    }
    state = current.copy();
    value = now;
    epochsSince = 0;
    return true;
  }

  /** Whether the metric has not improved for as many epochs as are borne. */
  boolean isPatienceOver() {
    return rule != null && epochsSince >= rule.patience();
  }

  /** With several outputs a metric's name begins with its output's. */
  private static boolean isBetterHigher(String metric) {
    return Metrics.isBetterHigher(metric.substring(metric.lastIndexOf('.') + 1));
  }

  /** The best state, or {@code last} without early stopping. */
  State or(State last) {
    return state != null ? state : last;
  }
}
