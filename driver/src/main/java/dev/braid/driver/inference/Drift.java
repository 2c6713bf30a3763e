package dev.braid.driver.inference;

import dev.braid.driver.inference.output.Counts;
import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.model.Reference;
import dev.braid.worker.model.Reference.Moments;
import dev.braid.worker.task.Decoder;
import java.util.ArrayList;
import java.util.Arrays;
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

  /** What the sum of shares may differ from 1 by. */
  private static final double ROUNDING = 1e-6;

  /** An input that hardly ever varies would make a drift of nothing. */
  private static final double SMALLEST_DEVIATION = 0.1;

  /** Compares; empty where the model has no reference, or there are no rows. */
  public static Optional<Drift> of(ModelFacts facts, Counts counts) {
    Reference reference = facts.reference();
    if (reference == null || counts.rows() == 0 || !isComparable(reference, counts)) {
      return Optional.empty();
    }
    double chance = Math.sqrt(1.0 / counts.rows() + 1.0 / reference.examples());
    List<String> warnings = new ArrayList<>();
    double inputs = 0;
    for (ModelFacts.InputSums own : facts.inputSums()) {
      Part part = new Part(reference.inputs(), counts.inputSums(), own.from(), own.to(), counts);
      inputs = Math.max(inputs, part.inputs(facts, own, chance, warnings));
    }
    double predictions = 0;
    for (ModelFacts.Sums own : facts.predictionSums()) {
      Part part =
          new Part(reference.predictions(), counts.predictions(), own.from(), own.to(), counts);
      String of = facts.outputs().size() == 1 ? "" : " of '" + own.output().name() + "'";
      predictions =
          Math.max(
              predictions,
              part.areShares(own.output().decoder())
                  ? part.shares(of, own.names(), chance, warnings)
                  : part.numbers(of, own, chance, warnings));
    }
    return Optional.of(new Drift(predictions, inputs, warnings));
  }

  /** Whether as many means were taken in training; earlier versions took others of time steps. */
  private static boolean isComparable(Reference reference, Counts counts) {
    return reference.inputs().size() == counts.inputSums().length
        && reference.predictions().size() == counts.predictions().length;
  }

  /** What a mean of the inputs is called: by the number or, where there are several, the input. */
  public static String inputName(ModelFacts facts, ModelFacts.InputSums sums, int index) {
    boolean one = sums.to() - sums.from() == 1;
    if (facts.inputs().size() > 1) {
      String input = "input '" + sums.input().name() + "'";
      return one ? input : "number %d of %s".formatted(index + 1, input);
    }
    return one && sums.isOfMany() ? "the inputs" : "input " + (index + 1);
  }

  /** The means of one input, or of the answers of one output, then and now. */
  @SuppressWarnings("ArrayRecordComponent") // sums, which nobody compares
  private record Part(List<Moments> before, double[] sums, long rows) {
    Part(List<Moments> before, double[] sums, int from, int to, Counts counts) {
      this(before.subList(from, to), Arrays.copyOfRange(sums, from, to), counts.rows());
    }

    double inputs(
        ModelFacts facts, ModelFacts.InputSums own, double chance, List<String> warnings) {
      Largest most = Largest.of(before, sums, rows);
      if (most.deviations > MEANS + LARGEST * chance) {
        warnings.add(
            words(
                "the mean of %s was %.4g in training and is %.4g: %.2f standard deviations away",
                inputName(facts, own, most.index), most.before, most.now, most.deviations));
      }
      return most.deviations;
    }

    double shares(String of, List<String> names, double chance, List<String> warnings) {
      double distance = 0;
      double expected = 0;
      int most = 0;
      for (int i = 0; i < sums.length; i++) {
        double difference = Math.abs(difference(i));
        distance += difference / 2;
        // What two samples of one distribution differ by on average: a normal's mean absolute
        // value.
        expected += Math.sqrt(2 / Math.PI) * before.get(i).deviation() * chance / 2;
        most = difference > Math.abs(difference(most)) ? i : most;
      }
      if (distance > SHARES + 2 * expected) {
        warnings.add(
            words(
                "predictions%s moved by %.0f %%: '%s' was %.1f %% of them in training and is"
                    + " %.1f %%",
                of,
                100 * distance,
                names.get(most),
                100 * before.get(most).mean(),
                100 * sums[most] / rows));
      }
      return distance;
    }

    private double difference(int index) {
      return sums[index] / rows - before.get(index).mean();
    }

    /** Whether they are shares of a whole: each answer is counted once. */
    boolean areShares(Decoder decoder) {
      double all = before.stream().mapToDouble(Moments::mean).sum();
      return decoder.countsAnswers() && Math.abs(all - 1) < ROUNDING;
    }

    double numbers(String of, ModelFacts.Sums own, double chance, List<String> warnings) {
      Largest most = Largest.of(before, sums, rows);
      if (most.deviations > MEANS + LARGEST * chance) {
        warnings.add(
            words(
                "the mean prediction%s of %s was %.4g in training and is %.4g: %.2f standard"
                    + " deviations away",
                of,
                own.output().decoder().countsAnswers()
                    ? "'" + own.names().get(most.index) + "'"
                    : "number " + (most.index + 1),
                most.before,
                most.now,
                most.deviations));
      }
      return most.deviations;
    }
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
