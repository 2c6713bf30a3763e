package dev.braid.worker.task.classification;

import static dev.braid.worker.Check.require;

import dev.braid.worker.task.AnswerColumn;
import dev.braid.worker.task.AnswerDetail;
import dev.braid.worker.task.AnswerType;
import dev.braid.worker.task.AnswerType.Single;
import dev.braid.worker.task.ClassNames;
import dev.braid.worker.task.Decoder;
import dev.braid.worker.task.TopClasses;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The most probable class, of an example or of each of its positions (time steps, pixels).
 *
 * @param units numbers at each position: one for each class, or one for two classes
 * @param inner how many positions' numbers for one class stand side by side: 1, or height x width
 *     of an image [classes, height, width]
 * @param threshold above it one number means the second of two classes
 * @param many whether there are several positions: an answer is a list
 * @param classes their names by index; empty where they are called by their indices
 */
public record ClassDecoder(
    int units, int inner, float threshold, boolean many, List<String> classes) implements Decoder {
  public ClassDecoder {
    int expected = Math.max(2, units);
    require(
        classes.isEmpty() || classes.size() == expected,
        "the model gives %d numbers, but %d classes are named",
        units,
        classes.size());
    classes = classes.isEmpty() ? ClassNames.numbered(expected) : List.copyOf(classes);
  }

  @Override
  public List<AnswerColumn> columns(AnswerDetail detail) {
    List<AnswerColumn> columns = new ArrayList<>();
    columns.add(column("prediction", Single.TEXT));
    columns.add(column("predictionIndex", Single.WHOLE));
    if (detail.top() > 0) {
      columns.add(column("top", TopClasses.TYPE));
    } else if (detail.top() == AnswerDetail.ALL) {
      columns.add(column("probabilities", new AnswerType.ListOf(Single.NUMBER)));
    }
    return columns;
  }

  private AnswerColumn column(String name, AnswerType type) {
    return new AnswerColumn(name, many ? new AnswerType.ListOf(type) : type);
  }

  @Override
  public List<Object> answer(float[] numbers, int steps, AnswerDetail detail) {
    List<Object> answer = new ArrayList<>();
    answer.add(each(numbers, i -> classes.get(index(numbers, i))));
    answer.add(each(numbers, i -> index(numbers, i)));
    if (detail.top() > 0) {
      answer.add(
          each(numbers, i -> TopClasses.of(probabilities(numbers, i), classes, detail.top())));
    } else if (detail.top() == AnswerDetail.ALL) {
      answer.add(each(numbers, i -> probabilities(numbers, i)));
    }
    return answer;
  }

  private Object each(float[] numbers, IntFunction<Object> ofPosition) {
    return many
        ? IntStream.range(0, numbers.length / units).mapToObj(ofPosition).toList()
        : ofPosition.apply(0);
  }

  /** The index of the class that the numbers of a position say, the first of equal ones. */
  private int index(float[] numbers, int position) {
    if (units == 1) {
      return number(numbers, position, 0) > threshold ? 1 : 0;
    }
    int best = 0;
    for (int k = 1; k < units; k++) {
      best = number(numbers, position, k) > number(numbers, position, best) ? k : best;
    }
    return best;
  }

  private float number(float[] numbers, int position, int unit) {
    return numbers[(position / inner * units + unit) * inner + position % inner];
  }

  private List<Float> probabilities(float[] numbers, int position) {
    if (units == 1) {
      float second = number(numbers, position, 0);
      return List.of(1 - second, second);
    }
    List<Float> probabilities = new ArrayList<>(units);
    for (int k = 0; k < units; k++) {
      probabilities.add(number(numbers, position, k));
    }
    return probabilities;
  }

  @Override
  public List<String> sums() {
    return classes;
  }

  @Override
  public boolean countsAnswers() {
    return true;
  }

  @Override
  public void add(float[] numbers, int steps, double[] sums) {
    int positions = many ? numbers.length / units : 1;
    for (int i = 0; i < positions; i++) {
      sums[index(numbers, i)] += 1.0 / positions;
    }
  }

  @Override
  public OptionalDouble confidence(float[] numbers, int steps) {
    if (many) {
      return OptionalDouble.empty();
    }
    int index = index(numbers, 0);
    return OptionalDouble.of(
        units == 1 && index == 0 ? 1 - numbers[0] : numbers[units == 1 ? 0 : index]);
  }
}
