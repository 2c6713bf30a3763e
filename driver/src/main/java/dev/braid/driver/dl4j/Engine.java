package dev.braid.driver.dl4j;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What computes the workers' steps of an {@link AveragingMaster}. */
public enum Engine {
  /** libtorch, on a conversion of the network. */
  @JsonProperty("torch")
  TORCH,
  /** Deeplearning4j. */
  @JsonProperty("dl4j")
  DL4J
}
