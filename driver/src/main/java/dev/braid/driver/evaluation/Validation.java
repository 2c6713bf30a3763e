package dev.braid.driver.evaluation;

import dev.braid.driver.data.Shards;
import dev.braid.worker.metric.Metrics;
import java.util.Map;
import java.util.Optional;

/**
 * What is scored after each epoch.
 *
 * @param shards the validation examples, if there are any
 * @param training a few of the training examples, to hold them against; none for no such scores
 * @param blank per output of the network, by name, metrics that have counted nothing yet
 */
public record Validation(
    Optional<Shards> shards, Optional<Shards> training, Map<String, Metrics> blank) {
  /** Of validation examples alone. */
  public Validation(Shards shards, Map<String, Metrics> blank) {
    this(Optional.of(shards), Optional.empty(), blank);
  }
}
