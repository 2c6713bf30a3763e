package dev.braid.driver.training;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.braid.driver.exchange.Exchange.Totals;

/**
 * What the rounds of a training have done.
 *
 * @param rounds send-train-average
 * @param steps optimizer steps by all workers together
 * @param updates that the state has undergone: steps of the worker that made most, each round
 * @param examples trained on, each counted as often as it was seen
 */
public record Work(
    @JsonProperty("round") int rounds,
    @JsonProperty("step") long steps,
    @JsonProperty("update") long updates,
    long examples) {
  static final Work NONE = new Work(0, 0, 0, 0);

  Work plus(Totals round) {
    return new Work(
        rounds + 1,
        steps + round.steps(),
        updates + round.longestPass(),
        examples + round.examples());
  }
}
