package dev.braid.driver.embedding.skipgram;

import static dev.braid.worker.Check.require;

/**
 * Where rows are kept.
 *
 * @param broadcast whether every executor gets all rows each round; else they lie in a partitioned
 *     table
 * @param reason why, for the log
 */
public record RowPlacement(boolean broadcast, String reason) {
  /** Bytes of rows up to which they are broadcast when nothing else is set. */
  public static final long DEFAULT_BUDGET_BYTES = 512L << 20;

  /**
   * Broadcast where both matrices fit the budget.
   *
   * @param budgetBytes what the rows may take on the driver and on each executor
   */
  public static RowPlacement choose(long numWords, int dimension, long budgetBytes) {
    require(budgetBytes >= 0, "the budget of broadcast rows must not be negative");
    long bytes = 2L * Float.BYTES * numWords * dimension;
    boolean fits = bytes <= budgetBytes;
    return new RowPlacement(
        fits,
        "%,d words x %d dimensions x 8 bytes = %,d MiB %s the budget of %,d MiB"
            .formatted(
                numWords, dimension, bytes >> 20, fits ? "within" : "above", budgetBytes >> 20));
  }
}
