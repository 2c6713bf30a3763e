package dev.braid.worker.task.multilabel;

import dev.braid.worker.task.AnswerColumn;
import dev.braid.worker.task.AnswerDetail;
import dev.braid.worker.task.AnswerType;
import dev.braid.worker.task.AnswerType.Single;
import dev.braid.worker.task.ClassNames;
import dev.braid.worker.task.Decoder;
import dev.braid.worker.task.PositionLists;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The names of the properties that an example has, or that each of its positions (time steps,
 * pixels) has.
 *
 * @param units how many properties there are
 * @param inner how many positions' numbers of one property stand side by side: 1, or height x width
 *     of an image [properties, height, width]
 * @param threshold above it a number says yes
 * @param many whether there are several positions: an answer is a list
 * @param classes the properties' names by index; those that have none are called by their indices
 */
public record PropertyDecoder(
    int units, int inner, float threshold, boolean many, List<String> classes) implements Decoder {
  public PropertyDecoder {
    classes = classes.size() == units ? List.copyOf(classes) : ClassNames.numbered(units);
  }

  @Override
  public List<AnswerColumn> columns(AnswerDetail detail) {
    List<AnswerColumn> columns = new ArrayList<>();
    columns.add(column("prediction", new AnswerType.ListOf(Single.TEXT)));
    if (detail.top() != 0) {
      columns.add(column("probabilities", new AnswerType.ListOf(Single.NUMBER)));
    }
    return columns;
  }

  private AnswerColumn column(String name, AnswerType type) {
    return new AnswerColumn(name, many ? new AnswerType.ListOf(type) : type);
  }

  @Override
  public List<Object> answer(float[] numbers, int steps, AnswerDetail detail) {
    List<List<Float>> positions = PositionLists.of(numbers, units, inner);
    List<Object> answer = new ArrayList<>();
    List<List<String>> names = positions.stream().map(this::names).toList();
    answer.add(many ? names : names.get(0));
    if (detail.top() != 0) {
      answer.add(many ? positions : positions.get(0));
    }
    return answer;
  }

  private List<String> names(List<Float> position) {
    return IntStream.range(0, units)
        .filter(k -> position.get(k) > threshold)
        .mapToObj(classes::get)
        .toList();
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
    int positions = numbers.length / units;
    for (int i = 0; i < numbers.length; i++) {
      sums[i / inner % units] += numbers[i] > threshold ? 1.0 / positions : 0;
    }
  }
}
