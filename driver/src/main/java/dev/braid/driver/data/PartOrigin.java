package dev.braid.driver.data;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.braid.driver.source.Source;

/**
 * Where the examples of a part come from: a source of their own, or a share of those that would
 * belong to the training part otherwise, such as {@code 0.1}.
 */
public sealed interface PartOrigin {

  /**
   * A share of the training examples, drawn at random and kept aside.
   *
   * @param share above 0 and below 1
   */
  record Share(double share) implements PartOrigin {
    public Share {
      require(
          share > 0 && share < 1,
          "a part must be a source, or a share above 0 and below 1, such as 0.1, got %s",
          share);
    }
  }

  /** Examples of their own. */
  record Own(Source source) implements PartOrigin {}

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static PartOrigin share(double share) {
    return new Share(share);
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static PartOrigin own(Source source) {
    return new Own(source);
  }
}
