package dev.braid.worker.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.worker.layer.Output;
import dev.braid.worker.loss.Loss;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.network.Target;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.task.AnswerType.ListOf;
import dev.braid.worker.task.AnswerType.Single;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecoderTest {
  private static final AnswerDetail NONE = new AnswerDetail(0);
  private static final AnswerDetail ALL = new AnswerDetail(AnswerDetail.ALL);
  private static final List<String> ANIMALS = List.of("cat", "dog", "eel");

  private static Decoder decoder(
      String task, Loss loss, Shape shape, Target target, List<String> classes) {
    Output settings = Output.of(loss, shape.channels(), "output");
    return Tasks.named(task).decoder(OutputPlan.of("output", 0, settings, shape, target), classes);
  }

  private static Decoder animals(Shape shape, int width) {
    return decoder(
        "classification", Loss.named("crossEntropy"), shape, new Target(width, 3), ANIMALS);
  }

  @Test
  void steps_giveListsOfClasses_neverBareNumbers() {
    Decoder steps = animals(Shape.of(2, 3), 2);
    float[] numbers = {0.5f, 0.25f, 0.25f, 0, 0, 1};
    assertEquals(
        List.of(
            List.of("cat", "eel"),
            List.of(0, 2),
            List.of(List.of(0.5f, 0.25f, 0.25f), List.of(0f, 0f, 1f))),
        steps.answer(numbers, 1, ALL));
    assertEquals(
        List.of(
            new AnswerColumn("prediction", new ListOf(Single.TEXT)),
            new AnswerColumn("predictionIndex", new ListOf(Single.WHOLE))),
        steps.columns(NONE));
  }

  @Test
  void steps_ofOneNumber_tellTwoClassesApart() {
    Decoder steps =
        decoder(
            "classification",
            Loss.named("binaryCrossEntropy"),
            Shape.of(3, 1),
            new Target(3, 2),
            List.of("no", "yes"));
    assertEquals(
        List.of(List.of("no", "yes", "no"), List.of(0, 1, 0)),
        steps.answer(new float[] {0.25f, 0.75f, 0.5f}, 1, NONE));
  }

  @Test
  void steps_ofProperties_giveListsOfLists() {
    Decoder steps =
        decoder(
            "multiLabel",
            Loss.named("binaryCrossEntropy"),
            Shape.of(3, 2),
            new Target(6, 0),
            List.of("a", "b"));
    assertEquals(
        List.of(List.of(List.of("a", "b"), List.of(), List.of("b"))),
        steps.answer(new float[] {1, 1, 0, 0, 0, 1}, 1, NONE));
  }

  /** [units, height, width]: the numbers of one unit stand side by side. */
  @Test
  void pixels_haveTheirUnitsAPlaneApart() {
    float[] numbers = {0, 1, 0, 0, 1, 0};
    assertEquals(
        List.of(List.of("eel", "cat"), List.of(2, 0)),
        animals(Shape.of(3, 1, 2), 2).answer(numbers, 1, NONE));
    Decoder properties =
        decoder(
            "multiLabel",
            Loss.named("binaryCrossEntropy"),
            Shape.of(3, 1, 2),
            new Target(6, 0),
            ANIMALS);
    assertEquals(
        List.of(List.of(List.of("eel"), List.of("cat"))), properties.answer(numbers, 1, NONE));
    double[] sums = new double[3];
    properties.add(numbers, 1, sums);
    assertArrayEquals(new double[] {0.5, 0, 0.5}, sums);
  }

  /** Of two sequences each counts the same, so that sums over rows are shares. */
  @Test
  void steps_addUpToOneForEachSequence() {
    double[] sums = new double[3];
    animals(Shape.of(2, 3), 2).add(new float[] {1, 0, 0, 0, 1, 0}, 1, sums);
    animals(Shape.of(4, 3), 4).add(new float[] {1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1}, 1, sums);
    assertArrayEquals(new double[] {1.25, 0.5, 0.25}, sums);
  }
}
