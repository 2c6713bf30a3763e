package dev.braid.worker.task.tagging;

import dev.braid.worker.task.AnswerColumn;
import dev.braid.worker.task.AnswerDetail;
import dev.braid.worker.task.AnswerType;
import dev.braid.worker.task.AnswerType.Single;
import dev.braid.worker.task.Decoder;
import dev.braid.worker.task.PositionLists;
import java.util.ArrayList;
import java.util.List;

/** The tags of a sentence's words, and the entities that they mark. */
record TagDecoder(TagPath path) implements Decoder {
  private static final AnswerType ENTITIES =
      new AnswerType.ListOf(
          new AnswerType.Group(
              List.of(
                  new AnswerColumn("type", Single.TEXT),
                  new AnswerColumn("from", Single.WHOLE),
                  new AnswerColumn("to", Single.WHOLE))));

  private boolean marksEntities() {
    return path.scheme().marksEntities();
  }

  @Override
  public List<AnswerColumn> columns(AnswerDetail detail) {
    List<AnswerColumn> columns = new ArrayList<>();
    columns.add(new AnswerColumn("prediction", new AnswerType.ListOf(Single.TEXT)));
    if (marksEntities()) {
      columns.add(new AnswerColumn("entities", ENTITIES));
    }
    if (detail.top() != 0) {
      AnswerType ofWord = new AnswerType.ListOf(Single.NUMBER);
      columns.add(new AnswerColumn("probabilities", new AnswerType.ListOf(ofWord)));
    }
    return columns;
  }

  @Override
  public List<Object> answer(float[] numbers, int steps, AnswerDetail detail) {
    List<String> tags = path.names(path.of(numbers, 0, steps));
    List<Object> answer = new ArrayList<>();
    answer.add(tags);
    if (marksEntities()) {
      answer.add(path.entities(tags).stream().map(TagDecoder::group).toList());
    }
    if (detail.top() != 0) {
      answer.add(PositionLists.of(numbers, path.tags().size(), 1));
    }
    return answer;
  }

  private static List<Object> group(Entity entity) {
    return List.of(entity.type(), entity.from(), entity.to());
  }

  @Override
  public List<String> sums() {
    return path.tags();
  }

  @Override
  public boolean countsAnswers() {
    return true;
  }

  @Override
  public void add(float[] numbers, int steps, double[] sums) {
    for (int tag : path.of(numbers, 0, steps)) {
      sums[tag] += 1.0 / steps;
    }
  }
}
