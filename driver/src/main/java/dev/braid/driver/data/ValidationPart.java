package dev.braid.driver.data;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.braid.driver.source.Source;

/**
 * Which examples a training is scored on after each epoch, without learning from them: a share of
 * the training examples, such as {@code 0.1}, or a source of their own.
 */
public sealed interface ValidationPart {

  /**
   * A share of the training examples, drawn at random and kept aside.
   *
   * @param share above 0 and below 1
   */
  record Share(double share) implements ValidationPart {
    public Share {
      require(
          share > 0 && share < 1,
          "validation must be a share above 0 and below 1, such as 0.1, got %s",
          share);
    }

    /** How many of {@code numExamples} are kept aside. */
    long of(long numExamples) {
      return Math.round(numExamples * share);
    }
  }

  /** Examples of their own. */
  record Own(Source source) implements ValidationPart {}

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static ValidationPart share(double share) {
    return new Share(share);
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static ValidationPart own(Source source) {
    return new Own(source);
  }
}
