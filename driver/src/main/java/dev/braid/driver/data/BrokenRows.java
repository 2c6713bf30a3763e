package dev.braid.driver.data;

import static dev.braid.worker.Check.require;

/**
 * How many rows, or pictures, a training may leave out because they cannot be used.
 *
 * @param atMost the largest share of all rows of a source, from 0 to below 1; 0 by default: the
 *     first one ends the training
 */
public record BrokenRows(Double atMost) {
  /** None. */
  public static final BrokenRows NONE = new BrokenRows(null);

  public BrokenRows {
    atMost = atMost == null ? 0 : atMost;
    require(atMost >= 0 && atMost < 1, "broken.atMost must be from 0 to below 1, got %s", atMost);
  }

  /** Whether any may be left out. */
  public boolean areAllowed() {
    return atMost > 0;
  }
}
