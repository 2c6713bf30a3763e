package dev.braid.driver.source.column;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How raw inputs are brought to the scale a network likes. */
public enum InputScaling {
  /** Not at all. */
  @JsonProperty("none")
  NONE,
  /** To [0, 1]: bytes by 255, other numbers by the smallest and largest of the training part. */
  @JsonProperty("scale")
  SCALE,
  /** To mean 0 and variance 1 over the training part. */
  @JsonProperty("standardise")
  STANDARDISE
}
