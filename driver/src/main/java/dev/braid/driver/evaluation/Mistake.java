package dev.braid.driver.evaluation;

import java.io.Serializable;
import java.util.Comparator;
import java.util.List;

/**
 * An example on which a network was wrong, and how sure it was.
 *
 * @param output of the network, by name
 * @param answer the numbers that the output gave, or what {@code Metrics.shown} keeps of them
 * @param label the numbers of its label
 * @param confidence how sure the network was, as {@code Metrics.mistake} says
 * @param shard where the example lies
 * @param row its place there
 */
public record Mistake(
    String output, List<Float> answer, List<Float> label, float confidence, int shard, int row)
    implements Serializable {

  /** The surest first; equally sure ones as they lie. */
  static final Comparator<Mistake> SUREST_FIRST =
      Comparator.comparingDouble((Mistake mistake) -> -mistake.confidence)
          .thenComparingInt(Mistake::shard)
          .thenComparingInt(Mistake::row);

  /** The mistake as one of another output. */
  Mistake of(String other) {
    return new Mistake(other, answer, label, confidence, shard, row);
  }
}
