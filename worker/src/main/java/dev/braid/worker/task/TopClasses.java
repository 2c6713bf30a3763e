package dev.braid.worker.task;

import dev.braid.worker.task.AnswerType.Single;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The most probable classes of an answer, the first of equal ones before the others. */
public final class TopClasses {
  /** A list of them, each with its name, index and probability. */
  public static final AnswerType TYPE =
      new AnswerType.ListOf(
          new AnswerType.Group(
              List.of(
                  new AnswerColumn("prediction", Single.TEXT),
                  new AnswerColumn("index", Single.WHOLE),
                  new AnswerColumn("probability", Single.NUMBER))));

  private TopClasses() {}

  /**
   * The {@code count} most probable ones.
   *
   * @param probabilities one for each class
   * @param names of the classes by index
   */
  public static List<List<Object>> of(List<Float> probabilities, List<String> names, int count) {
    return IntStream.range(0, probabilities.size())
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> -probabilities.get(i)))
        .limit(count)
        .map(i -> List.<Object>of(names.get(i), i, probabilities.get(i)))
        .toList();
  }
}
