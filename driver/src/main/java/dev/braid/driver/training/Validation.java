package dev.braid.driver.training;

import dev.braid.driver.data.Shards;
import dev.braid.worker.metric.Metrics;
import java.util.Map;

/**
 * What is scored after each epoch.
 *
 * @param shards the validation examples
 * @param blank per output of the network, by name, metrics that have counted nothing yet
 */
public record Validation(Shards shards, Map<String, Metrics> blank) {}
