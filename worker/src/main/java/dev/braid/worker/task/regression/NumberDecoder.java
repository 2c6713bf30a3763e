package dev.braid.worker.task.regression;

import dev.braid.worker.task.AnswerColumn;
import dev.braid.worker.task.AnswerDetail;
import dev.braid.worker.task.AnswerType;
import dev.braid.worker.task.AnswerType.Single;
import dev.braid.worker.task.Decoder;
import dev.braid.worker.task.PositionLists;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Numbers as they are: one, a list of them, or a list for each time step.
 *
 * @param units how many there are, at each time step where there are several
 * @param ragged whether there are as many time steps as the example has
 */
public record NumberDecoder(int units, boolean ragged) implements Decoder {
  @Override
  public List<AnswerColumn> columns(AnswerDetail detail) {
    AnswerType one = units == 1 ? Single.NUMBER : new AnswerType.ListOf(Single.NUMBER);
    return List.of(new AnswerColumn("prediction", ragged ? new AnswerType.ListOf(one) : one));
  }

  @Override
  public List<Object> answer(float[] numbers, int steps, AnswerDetail detail) {
    List<List<Float>> positions = PositionLists.of(numbers, units, 1);
    List<?> each = units == 1 ? positions.stream().map(one -> one.get(0)).toList() : positions;
    return List.of(ragged ? each : each.get(0));
  }

  @Override
  public List<String> sums() {
    return IntStream.range(0, units).mapToObj(String::valueOf).toList();
  }

  @Override
  public boolean countsAnswers() {
    return false;
  }

  @Override
  public void add(float[] numbers, int steps, double[] sums) {
    int positions = numbers.length / units;
    for (int i = 0; i < numbers.length; i++) {
      sums[i % units] += (double) numbers[i] / positions;
    }
  }
}
