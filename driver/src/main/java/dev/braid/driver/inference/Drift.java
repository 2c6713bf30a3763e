package dev.braid.driver.inference;

import dev.braid.driver.inference.output.Counts;
import dev.braid.worker.inference.Answer;
import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.model.Reference;
import dev.braid.worker.model.Reference.Moments;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How far the rows of a scoring are from the examples a model was trained on.
 *
 * @param predictions of classes the total variation distance of their shares, half the sum of the
 *     absolute differences, from 0 to 1; of numbers the largest difference of a mean, in standard
 *     deviations of the training
 * @param inputs the largest difference of an input's mean, in standard deviations of the training
 * @param warnings where one of them is more than chance and a little change explain
 */
public record Drift(double predictions, double inputs, List<String> warnings) {
  /** Shares that move by a tenth in all, and means by a quarter of a deviation, are let pass. */
  private static final double SHARES = 0.1;

  private static final double MEANS = 0.25;

  /** Of the largest of many means by chance, in standard errors. */
  private static final double LARGEST = 4;

  /** An input that hardly ever varies would make a drift of nothing. */
  private static final double SMALLEST_DEVIATION = 0.1;

  /** Compares; empty where the model has no reference, or there are no rows. */
  public static Optional<Drift> of(ModelFacts facts, Counts counts) {
    Reference reference = facts.reference();
    if (reference == null || counts.rows() == 0) {
      return Optional.empty();
    }
    double chance = Math.sqrt(1.0 / counts.rows() + 1.0 / reference.examples());
    List<String> warnings = new ArrayList<>();
    Largest inputs = Largest.of(reference.inputs(), counts.inputSums(), counts.rows());
    if (inputs.deviations > MEANS + LARGEST * chance) {
      warnings.add(
          words(
              "the mean of %s was %.4g in training and is %.4g: %.2f standard deviations away",
              reference.inputs().size() == 1 && facts.inputWidth() > 1
                  ? "the inputs"
                  : "input " + (inputs.index + 1),
              inputs.before,
              inputs.now,
              inputs.deviations));
    }
    boolean classes =
        facts.output().kind() == Answer.CLASSES || facts.output().kind() == Answer.TWO_CLASSES;
    double predictions =
        classes
            ? shares(facts, reference, counts, chance, warnings)
            : numbers(facts, reference, counts, chance, warnings);
    return Optional.of(new Drift(predictions, inputs.deviations, warnings));
  }

  private static double shares(
      ModelFacts facts, Reference reference, Counts counts, double chance, List<String> warnings) {
    double distance = 0;
    double expected = 0;
    int most = 0;
    for (int i = 0; i < counts.predictions().length; i++) {
      double difference = Math.abs(difference(reference, counts, i));
      distance += difference / 2;
      // What two samples of one distribution differ by on average: a normal's mean absolute value.
      expected += Math.sqrt(2 / Math.PI) * reference.predictions().get(i).deviation() * chance / 2;
      most = difference > Math.abs(difference(reference, counts, most)) ? i : most;
    }
    if (distance > SHARES + 2 * expected) {
      warnings.add(
          words(
              "predictions moved by %.0f %%: '%s' was %.1f %% of them in training and is %.1f %%",
              100 * distance,
              facts.className(most),
              100 * reference.predictions().get(most).mean(),
              100 * counts.predictions()[most] / counts.rows()));
    }
    return distance;
  }

  private static double difference(Reference reference, Counts counts, int index) {
    return counts.predictions()[index] / counts.rows() - reference.predictions().get(index).mean();
  }

  private static double numbers(
      ModelFacts facts, Reference reference, Counts counts, double chance, List<String> warnings) {
    Largest most = Largest.of(reference.predictions(), counts.predictions(), counts.rows());
    if (most.deviations > MEANS + LARGEST * chance) {
      warnings.add(
          words(
              "the mean prediction of %s was %.4g in training and is %.4g: %.2f standard"
                  + " deviations away",
              facts.output().kind() == Answer.PROPERTIES
                  ? "'" + facts.className(most.index) + "'"
                  : "number " + (most.index + 1),
              most.before,
              most.now,
              most.deviations));
    }
    return most.deviations;
  }

  /** How far the mean of number {@code index} has moved, in standard deviations of the training. */
  public static double deviations(List<Moments> before, int index, double now) {
    return Largest.deviations(before.get(index), now, Largest.least(before));
  }

  private static String words(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }

  /** The mean that has moved most, in standard deviations. */
  private record Largest(int index, double before, double now, double deviations) {
    static Largest of(List<Moments> before, double[] sums, long rows) {
      double least = least(before);
      Largest largest = new Largest(0, before.get(0).mean(), sums[0] / rows, 0);
      for (int i = 0; i < sums.length; i++) {
        double now = sums[i] / rows;
        double moved = deviations(before.get(i), now, least);
        largest =
            moved > largest.deviations ? new Largest(i, before.get(i).mean(), now, moved) : largest;
      }
      return largest;
    }

    static double least(List<Moments> before) {
      double squares = before.stream().mapToDouble(m -> m.deviation() * m.deviation()).sum();
      return SMALLEST_DEVIATION * Math.sqrt(squares / before.size());
    }

    static double deviations(Moments before, double now, double least) {
      double deviation = Math.max(before.deviation(), least);
      return now == before.mean() ? 0 : Math.abs(now - before.mean()) / deviation;
    }
  }
}
