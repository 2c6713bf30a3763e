package dev.braid.driver.plan;

import static dev.braid.worker.Check.require;

/**
 * Lowers the learning rate when a metric of the validation examples has not improved for a while:
 * it is multiplied with {@code factor} after each {@code patience} epochs in a row without a new
 * best. Comes on top of the schedule.
 *
 * @param metric name of the metric, {@code loss} if left out
 * @param factor 0.5 if left out
 * @param patience epochs without improvement that are borne, 2 if left out
 * @param minImprovement what counts as better, 0 if left out
 * @param minFactor all reductions together stop here, 0.001 if left out
 */
public record ReduceOnPlateau(
    String metric, Double factor, Integer patience, Double minImprovement, Double minFactor) {
  public ReduceOnPlateau {
    metric = metric == null ? "loss" : metric;
    factor = factor == null ? 0.5 : factor;
    patience = patience == null ? 2 : patience;
    minImprovement = minImprovement == null ? 0.0 : minImprovement;
    minFactor = minFactor == null ? 0.001 : minFactor;
    require(factor > 0 && factor < 1, "reduceOnPlateau.factor must be in (0, 1), got %s", factor);
    require(patience > 0, "reduceOnPlateau.patience must be at least 1, got %d", patience);
    require(
        minImprovement >= 0,
        "reduceOnPlateau.minImprovement must not be negative, got %s",
        minImprovement);
    require(
        minFactor >= 0 && minFactor <= 1,
        "reduceOnPlateau.minFactor must be in [0, 1], got %s",
        minFactor);
  }

  /**
   * Where the rule stands.
   *
   * @param rateFactor what the learning rate is multiplied with
   * @param best value of the metric, NaN before the first
   * @param epochsSince epochs since the best, or since the last reduction
   */
  public record Level(double rateFactor, double best, int epochsSince) {
    public static final Level FIRST = new Level(1, Double.NaN, 0);
  }

  /** After an epoch with this value of the metric. */
  public Level after(Level level, double value, boolean higherIsBetter) {
    double gain = higherIsBetter ? value - level.best() : level.best() - value;
    if (Double.isNaN(level.best()) || gain > minImprovement) {
      return new Level(level.rateFactor(), value, 0);
    }
    if (level.epochsSince() + 1 < patience) {
      return new Level(level.rateFactor(), level.best(), level.epochsSince() + 1);
    }
    return new Level(Math.max(minFactor, level.rateFactor() * factor), level.best(), 0);
  }
}
