package dev.braid.worker.task.languagemodel;

import dev.braid.worker.task.AnswerColumn;
import dev.braid.worker.task.AnswerDetail;
import dev.braid.worker.task.AnswerType;
import dev.braid.worker.task.AnswerType.Single;
import dev.braid.worker.task.Decoder;
import dev.braid.worker.task.TopClasses;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * What comes after a text: its most probable next token.
 *
 * @param numTokens probabilities at each step
 * @param tokens their names by id
 */
record NextTokenDecoder(int numTokens, List<String> tokens) implements Decoder {
  @Override
  public List<AnswerColumn> columns(AnswerDetail detail) {
    List<AnswerColumn> columns = new ArrayList<>();
    columns.add(new AnswerColumn("prediction", Single.TEXT));
    columns.add(new AnswerColumn("probability", Single.NUMBER));
    if (detail.top() > 0) {
      columns.add(new AnswerColumn("top", TopClasses.TYPE));
    } else if (detail.top() == AnswerDetail.ALL) {
      columns.add(new AnswerColumn("probabilities", new AnswerType.ListOf(Single.NUMBER)));
    }
    return columns;
  }

  @Override
  public List<Object> answer(float[] numbers, int steps, AnswerDetail detail) {
    int last = (steps - 1) * numTokens;
    int best = NextToken.likeliest(numbers, last, numTokens);
    List<Object> answer = new ArrayList<>();
    answer.add(tokens.get(best));
    answer.add(numbers[last + best]);
    if (detail.top() > 0) {
      answer.add(TopClasses.of(probabilities(numbers, last), tokens, detail.top()));
    } else if (detail.top() == AnswerDetail.ALL) {
      answer.add(probabilities(numbers, last));
    }
    return answer;
  }

  private List<Float> probabilities(float[] numbers, int from) {
    return IntStream.range(0, numTokens).mapToObj(i -> numbers[from + i]).toList();
  }

  @Override
  public List<String> sums() {
    return tokens;
  }

  @Override
  public boolean countsAnswers() {
    return true;
  }

  @Override
  public void add(float[] numbers, int steps, double[] sums) {
    sums[NextToken.likeliest(numbers, (steps - 1) * numTokens, numTokens)]++;
  }

  @Override
  public OptionalDouble confidence(float[] numbers, int steps) {
    int last = (steps - 1) * numTokens;
    return OptionalDouble.of(numbers[last + NextToken.likeliest(numbers, last, numTokens)]);
  }
}
