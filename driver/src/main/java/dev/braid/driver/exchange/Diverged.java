package dev.braid.driver.exchange;

import dev.braid.worker.state.State;

/** A training that has left the numbers: there is no model to be had from where it is. */
public final class Diverged extends RuntimeException {
  private static final long serialVersionUID = 1;

  private static final String ADVICE = "try a smaller learningRate, or set training.clipping";

  private final double loss;

  /**
   * @param loss NaN or an infinity; NaN where a state is no number
   */
  public Diverged(String message, double loss) {
    super(message);
    this.loss = loss;
  }

  private Diverged(String message) {
    this(message, Double.NaN);
  }

  /** What the loss has become. */
  public double loss() {
    return loss;
  }

  /**
   * By a step whose loss is not finite.
   *
   * @param loss NaN or an infinity
   * @param worker logical worker, from 0
   * @param step local step within the round, from 0
   */
  static Diverged byLoss(double loss, Round round, int worker, int step) {
    return new Diverged(
        "loss became %s in round %d, worker %d, step %d (learningRate %s); %s"
            .formatted(loss, round.number() + 1, worker, step + 1, round.learningRate(), ADVICE));
  }

  /** By a worker's steps whose losses are numbers, but whose state is not. */
  static Diverged byState(State.Part part, Round round, int worker) {
    return new Diverged(
        "the %s became NaN or infinite in round %d, worker %d (learningRate %s); %s"
            .formatted(part, round.number() + 1, worker, round.learningRate(), ADVICE));
  }

  /** By averaging states that were finite, or by the step on from their mean. */
  public static Diverged byAveraging(State.Part part, Round round) {
    return new Diverged(
        "the %s became NaN or infinite when round %d was averaged (learningRate %s); %s"
            .formatted(part, round.number() + 1, round.learningRate(), ADVICE));
  }

  /** By a loss that is a number still, but has exploded and stayed so to the end. */
  public static Diverged byExplosion(LossExplosion rule, double loss) {
    return new Diverged(
        "the training has diverged: %s at the end; %s".formatted(rule.sentence(loss), ADVICE));
  }

  /** The same with a sentence that says what is left of the training. */
  public Diverged keeping(String what) {
    Diverged result = new Diverged(getMessage() + "; " + what);
    result.initCause(this);
    return result;
  }
}
