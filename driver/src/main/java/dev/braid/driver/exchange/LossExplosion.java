package dev.braid.driver.exchange;

import java.util.Optional;

/**
 * The rule by which a loss has exploded: it is more than a hundred times the loss of the run's very
 * first step, and more than a hundred. The network is worse then than before it had learned
 * anything.
 *
 * @param firstLoss mean over the workers of the loss of their first step, before any update; NaN
 *     until it is known
 * @param loss of the last round
 */
public record LossExplosion(double firstLoss, double loss) {
  public static final LossExplosion UNKNOWN = new LossExplosion(Double.NaN, Double.NaN);

  private static final double FACTOR = 100;

  /** The rule after one more round; the first of a run tells it the first loss. */
  public LossExplosion after(Exchange.Totals round) {
    double first = Double.isNaN(firstLoss) ? round.firstLoss() : firstLoss;
    return new LossExplosion(first, round.loss());
  }

  /** Whether a loss of this run has exploded. */
  public boolean isExploded(double ofThisRun) {
    return ofThisRun > FACTOR * Math.max(1, firstLoss);
  }

  /** A warning when the loss has exploded by round {@code round} and had not before. */
  public Optional<String> warning(LossExplosion before, int round) {
    return isExploded(loss) && !isExploded(before.loss)
        ? Optional.of(
            "%s in round %d; the training may be diverging".formatted(sentence(loss), round + 1))
        : Optional.empty();
  }

  /** {@code the loss is 1e9, more than a hundred times what it was in the first step (2.3),}. */
  String sentence(double ofThisRun) {
    return "the loss is %.4g, more than a hundred times what it was in the first step (%.4g),"
        .formatted(ofThisRun, firstLoss);
  }
}
