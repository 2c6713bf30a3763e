package dev.braid.worker.metric;

import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Precision, recall and F1 over all classes. Classes that occur neither among the labels nor among
 * the predictions do not take part.
 *
 * @param precision see {@link Hits#precision}
 * @param recall see {@link Hits#recall}
 * @param f1 average of the classes' F1, not the F1 of the averages
 */
public record Averages(double precision, double recall, double f1) {

  /** Every class counts the same. */
  public static Averages macro(List<Hits> classes) {
    return weighted(classes, hits -> 1);
  }

  /** Every class counts by its examples. */
  public static Averages weighted(List<Hits> classes) {
    return weighted(classes, Hits::support);
  }

  /** Every decision counts the same: the hits of all classes as if of one. */
  public static Averages micro(List<Hits> classes) {
    Hits sum =
        new Hits(
            classes.stream().mapToLong(Hits::truePositives).sum(),
            classes.stream().mapToLong(Hits::falsePositives).sum(),
            classes.stream().mapToLong(Hits::falseNegatives).sum());
    return new Averages(sum.precision(), sum.recall(), sum.f1());
  }

  private static Averages weighted(List<Hits> classes, ToDoubleFunction<Hits> weight) {
    double weights = 0;
    double precision = 0;
    double recall = 0;
    double f1 = 0;
    for (Hits hits : classes) {
      if (hits.occurs()) {
        double w = weight.applyAsDouble(hits);
        weights += w;
        precision += w * hits.precision();
        recall += w * hits.recall();
        f1 += w * hits.f1();
      }
    }
    return weights == 0
        ? new Averages(0, 0, 0)
        : new Averages(precision / weights, recall / weights, f1 / weights);
  }

  /** Puts these numbers into {@code values} as {@code <prefix>Precision} and so on. */
  public void putInto(Map<String, Double> values, String prefix) {
    values.put(prefix + "Precision", precision);
    values.put(prefix + "Recall", recall);
    values.put(prefix + "F1", f1);
  }
}
