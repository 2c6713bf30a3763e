package dev.braid.worker.task.detection;

import dev.braid.worker.task.AnswerColumn;
import dev.braid.worker.task.AnswerDetail;
import dev.braid.worker.task.AnswerType;
import dev.braid.worker.task.AnswerType.Single;
import dev.braid.worker.task.Decoder;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The boxes of a picture, from the surest on: class, score, and the four sides in shares of the
 * picture's width and height.
 *
 * @param positions of the output
 */
record BoxDecoder(Boxes boxes, List<String> classes, int positions) implements Decoder {
  private static final AnswerType BOXES =
      new AnswerType.ListOf(
          new AnswerType.Group(
              List.of(
                  new AnswerColumn("prediction", Single.TEXT),
                  new AnswerColumn("score", Single.NUMBER),
                  new AnswerColumn("left", Single.NUMBER),
                  new AnswerColumn("top", Single.NUMBER),
                  new AnswerColumn("right", Single.NUMBER),
                  new AnswerColumn("bottom", Single.NUMBER))));

  BoxDecoder {
    classes = List.copyOf(classes);
  }

  private List<ScoredBox> found(float[] numbers) {
    return boxes.of(numbers, classes.size(), positions);
  }

  @Override
  public List<AnswerColumn> columns(AnswerDetail detail) {
    return List.of(new AnswerColumn("boxes", BOXES));
  }

  @Override
  public List<Object> answer(float[] numbers, int steps, AnswerDetail detail) {
    return List.of(found(numbers).stream().map(this::group).toList());
  }

  private List<Object> group(ScoredBox found) {
    Box box = found.box();
    return List.of(
        classes.get(found.label()),
        found.score(),
        (float) box.left(),
        (float) box.top(),
        (float) box.right(),
        (float) box.bottom());
  }

  @Override
  public List<String> sums() {
    return classes;
  }

  @Override
  public boolean countsAnswers() {
    return false;
  }

  /** Adds how many boxes of each class there are. */
  @Override
  public void add(float[] numbers, int steps, double[] sums) {
    found(numbers).forEach(box -> sums[box.label()]++);
  }

  /** That of the surest box. */
  @Override
  public OptionalDouble confidence(float[] numbers, int steps) {
    return found(numbers).stream().mapToDouble(ScoredBox::score).findFirst();
  }
}
