package dev.braid.driver.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.inference.output.Counts;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.model.ModelDescription;
import dev.braid.worker.model.ModelDescription.Labels;
import dev.braid.worker.model.Reference;
import dev.braid.worker.model.Reference.Moments;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.task.Decoder;
import dev.braid.worker.task.Tasks;
import dev.braid.worker.task.classification.ClassDecoder;
import dev.braid.worker.task.regression.NumberDecoder;
import java.util.List;
import org.junit.jupiter.api.Test;

class DriftTest {
  private static final List<Moments> INPUTS = List.of(new Moments(1, 2), new Moments(10, 0));

  private static ModelFacts facts(Decoder decoder, List<Moments> predictions) {
    return new ModelFacts(
        List.of(new ModelDescription.Input("input", Shape.of(2), Normaliser.NONE)),
        List.of(
            new ModelFacts.Output(
                "output",
                Shape.of(2),
                decoder,
                new Labels(Tasks.named("regression"), 1, List.of()),
                new byte[0])),
        "00",
        new Reference(2000, INPUTS, predictions));
  }

  private static final ModelFacts CLASSES =
      facts(
          new ClassDecoder(2, 1, 0.5f, false, List.of("cat", "dog")),
          List.of(new Moments(0.75, 0.433), new Moments(0.25, 0.433)));

  private static Counts counts(long rows, double[] predictions, double... inputs) {
    return new Counts(rows, 0, 0, 0, predictions, inputs, List.of(new byte[0]));
  }

  @Test
  void rowsLikeThoseOfTheTraining_giveNoWarning() {
    Drift drift =
        Drift.of(CLASSES, counts(1000, new double[] {740, 260}, 1100, 10_000)).orElseThrow();
    assertEquals(0.01, drift.predictions(), 1e-12);
    assertEquals(0.05, drift.inputs(), 1e-12);
    assertEquals(List.of(), drift.warnings());
  }

  @Test
  void sharesThatMoved_areSaidWithTheirNumbers() {
    Drift drift =
        Drift.of(CLASSES, counts(1000, new double[] {400, 600}, 1000, 10_000)).orElseThrow();
    assertEquals(0.35, drift.predictions(), 1e-12);
    assertEquals(
        List.of("predictions moved by 35 %: 'cat' was 75.0 % of them in training and is 40.0 %"),
        drift.warnings());
  }

  @Test
  void anInputThatMoved_isSaidWithItsNumbers() {
    Drift drift =
        Drift.of(CLASSES, counts(1000, new double[] {750, 250}, 3000, 10_000)).orElseThrow();
    assertEquals(1, drift.inputs(), 1e-12);
    assertEquals(
        List.of(
            "the mean of input 1 was 1.000 in training and is 3.000: 1.00 standard deviations"
                + " away"),
        drift.warnings());
  }

  /** Its deviation of 0 counts as a tenth of the usual one, which is 1.41. */
  @Test
  void anInputThatNeverVaried_mayMoveALittle() {
    Drift drift =
        Drift.of(CLASSES, counts(1000, new double[] {750, 250}, 1000, 10_010)).orElseThrow();
    assertEquals(0.01 / (0.1 * Math.sqrt(2)), drift.inputs(), 1e-9);
    assertEquals(List.of(), drift.warnings());
  }

  @Test
  void meansOfNumbers_areComparedInDeviations() {
    ModelFacts numbers =
        facts(new NumberDecoder(2, false), List.of(new Moments(0, 1), new Moments(5, 2)));
    Drift drift =
        Drift.of(numbers, counts(1000, new double[] {0, 8000}, 1000, 10_000)).orElseThrow();
    assertEquals(1.5, drift.predictions(), 1e-12);
    assertTrue(drift.warnings().get(0).startsWith("the mean prediction of number 2 was 5.000"));
  }

  /** Half of 4 rows is no surprise where a quarter of many is expected. */
  @Test
  void aFewRows_mayDifferByChance() {
    Drift drift = Drift.of(CLASSES, counts(4, new double[] {2, 2}, 8, 40)).orElseThrow();
    assertEquals(0.25, drift.predictions(), 1e-12);
    assertEquals(List.of(), drift.warnings());
  }
}
