package dev.braid.driver.plan;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What becomes of the optimizer's memory (momentum, second moments) at the end of a round. */
public enum OptimizerState {
  /** Averaged like the parameters; the workers begin the next round with the mean. */
  @JsonProperty("averaged")
  AVERAGED,
  /** Each worker goes on with its own; the driver keeps them for it, one per worker. */
  @JsonProperty("kept")
  KEPT,
  /** Forgotten: each round begins with an optimizer as new. Half or a third as much to send. */
  @JsonProperty("reset")
  RESET
}
