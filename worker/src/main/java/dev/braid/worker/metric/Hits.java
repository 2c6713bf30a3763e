package dev.braid.worker.metric;

/**
 * How often one class was found, wrongly seen and missed. A ratio without cases (0 / 0) is 0.
 *
 * @param truePositives of this class and predicted so
 * @param falsePositives predicted so but of another class
 * @param falseNegatives of this class but predicted otherwise
 */
public record Hits(long truePositives, long falsePositives, long falseNegatives) {

  /** Share of the predictions that are right. */
  public double precision() {
    return ratio(truePositives, truePositives + falsePositives);
  }

  /** Share of the class that is found. */
  public double recall() {
    return ratio(truePositives, truePositives + falseNegatives);
  }

  /** Harmonic mean of precision and recall. */
  public double f1() {
    return ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives);
  }

  /** Examples of this class. */
  public long support() {
    return truePositives + falseNegatives;
  }

  /** Whether the class occurs among labels or predictions. */
  boolean occurs() {
    return truePositives + falsePositives + falseNegatives > 0;
  }

  private static double ratio(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }
}
