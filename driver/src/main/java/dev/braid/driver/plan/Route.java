package dev.braid.driver.plan;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Who averages the workers' states; the result is the same to the bit. */
public enum Route {
  /** The driver for small states, the executors for large ones. */
  @JsonProperty("auto")
  AUTO,
  /** The driver: quick, but it holds a state per worker. */
  @JsonProperty("direct")
  DIRECT,
  /** The executors, a chunk each, through a shuffle: the driver holds one state. */
  @JsonProperty("sliced")
  SLICED
}
