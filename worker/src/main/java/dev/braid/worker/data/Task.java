package dev.braid.worker.data;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a network is to predict. */
public enum Task {
  /** One class of several; a label is the class's index. */
  @JsonProperty("classification")
  CLASSIFICATION,
  /** Numbers; a label is these numbers. */
  @JsonProperty("regression")
  REGRESSION,
  /** Any of several properties; a label is 0 or 1 for each. */
  @JsonProperty("multiLabel")
  MULTI_LABEL
}
