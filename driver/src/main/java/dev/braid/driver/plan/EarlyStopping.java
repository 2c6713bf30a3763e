package dev.braid.driver.plan;

import static dev.braid.worker.Check.require;

/**
 * When to stop before the last epoch: after {@code patience} epochs in a row in which a metric of
 * the validation examples was not better than its best by more than {@code minImprovement}. The
 * result is the best epoch's model.
 *
 * @param metric name of the metric, {@code loss} if left out
 * @param patience epochs without improvement that are borne, 3 if left out
 * @param minImprovement what counts as better, 0 if left out
 */
public record EarlyStopping(String metric, Integer patience, Double minImprovement) {
  public EarlyStopping {
    metric = metric == null ? "loss" : metric;
    patience = patience == null ? 3 : patience;
    minImprovement = minImprovement == null ? 0.0 : minImprovement;
    require(patience > 0, "earlyStopping.patience must be at least 1, got %d", patience);
    require(
        minImprovement >= 0,
        "earlyStopping.minImprovement must not be negative, got %s",
        minImprovement);
  }
}
