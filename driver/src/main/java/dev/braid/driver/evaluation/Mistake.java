package dev.braid.driver.evaluation;

import java.io.Serializable;
import java.util.Comparator;

/**
 * An example that a classifier took for one of another class.
 *
 * @param output of the network, by name
 * @param actual index of its class
 * @param predicted index of the class it was taken for
 * @param confidence how sure the network was, as {@code Classification.confidence} says
 * @param shard where the example lies
 * @param row its place there
 */
public record Mistake(
    String output, int actual, int predicted, float confidence, int shard, int row)
    implements Serializable {

  /** The surest first; equally sure ones as they lie. */
  static final Comparator<Mistake> SUREST_FIRST =
      Comparator.comparingDouble((Mistake mistake) -> -mistake.confidence)
          .thenComparingInt(Mistake::shard)
          .thenComparingInt(Mistake::row);

  /** The mistake as one of another output. */
  Mistake of(String other) {
    return new Mistake(other, actual, predicted, confidence, shard, row);
  }
}
