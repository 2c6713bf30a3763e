package dev.braid.worker.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.WrongSettings;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.layer.Output;
import dev.braid.worker.loss.Loss;
import dev.braid.worker.loss.Losses;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.network.Target;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.shape.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OutputLossTest {
  private static final int UNITS = 3;
  private static final int[] LENGTHS = {4, 1, 3};
  private static final int STEPS = 4;

  private static OutputPlan plan(Loss loss, Shape shape, Target target) {
    return OutputPlan.of("output", 0, Output.ofRead(loss, UNITS, "output"), shape, target);
  }

  private static Target target(Loss loss) {
    return loss.isOfClasses() ? new Target(1, UNITS, true) : new Target(UNITS, 0, true);
  }

  private static MiniBatch labelled(int size, float[] labels) {
    return new MiniBatch(size, new float[0][], new float[][] {labels});
  }

  static Stream<Loss> losses() {
    return Losses.all().stream()
        .filter(loss -> loss.parameters(2).isEmpty() && !loss.isOfObjects());
  }

  /** Each step of each example counts the same, wherever it stands, and padding counts nothing. */
  @ParameterizedTest
  @MethodSource("losses")
  void paddedBatch_isTheMeanOverAllSteps_inValueAndGradient(Loss loss) {
    SplitMix random = SplitMix.stream(9);
    OutputPlan plan = plan(loss, Shape.ragged(UNITS), target(loss));
    int width = plan.labelWidth();
    float[] labels = new float[LENGTHS.length * STEPS * width];
    double[] outputs = new double[LENGTHS.length * STEPS * UNITS];
    Arrays.fill(labels, Float.NaN);
    Arrays.fill(outputs, Double.POSITIVE_INFINITY);
    OutputLoss all = new OutputLoss(plan);
    OutputLoss one = new OutputLoss(plan);
    double sum = 0;
    double[] gradient = new double[outputs.length];
    int numSteps = Arrays.stream(LENGTHS).sum();
    for (int example = 0; example < LENGTHS.length; example++) {
      for (int step = 0; step < LENGTHS[example]; step++) {
        int row = example * STEPS + step;
        for (int k = 0; k < UNITS; k++) {
          outputs[row * UNITS + k] = random.nextGaussian();
        }
        for (int k = 0; k < width; k++) {
          labels[row * width + k] =
              loss.isOfClasses() ? random.nextInt(UNITS) : (float) random.nextDouble();
        }
        float[] own = Arrays.copyOfRange(labels, row * width, (row + 1) * width);
        double[] x = one.begin(labelled(1, own), 0, 1, new int[] {1});
        System.arraycopy(outputs, row * UNITS, x, 0, UNITS);
        sum += one.backward(List.of(), List.of());
        for (int k = 0; k < UNITS; k++) {
          gradient[row * UNITS + k] = one.gradient()[k] / numSteps;
        }
      }
    }
    double[] x = all.begin(labelled(LENGTHS.length, labels), 0, STEPS, LENGTHS);
    System.arraycopy(outputs, 0, x, 0, outputs.length);
    assertEquals(sum / numSteps, all.value(List.of()), 1e-14);
    assertEquals(sum / numSteps, all.backward(List.of(), List.of()), 1e-14);
    assertArrayEquals(gradient, Arrays.copyOf(all.gradient(), gradient.length), 1e-15);
    boolean ofNumbers = !loss.isOfClasses() && !loss.isOverVectors();
    assertEquals(ofNumbers ? numSteps * UNITS : numSteps, all.numPresent());
  }

  @ParameterizedTest
  @MethodSource("losses")
  void image_isTheLossOfItsPixels_channelsFirst(Loss loss) {
    SplitMix random = SplitMix.stream(10);
    int pixels = 2;
    Target target = loss.isOfClasses() ? new Target(pixels, UNITS) : Target.ofNumbers(6);
    OutputLoss image = new OutputLoss(plan(loss, Shape.of(UNITS, 1, pixels), target));
    OutputLoss rows = new OutputLoss(plan(loss, Shape.of(pixels, UNITS), target));
    double[] ofRows = new double[pixels * UNITS];
    float[] labels = new float[target.width()];
    for (int i = 0; i < ofRows.length; i++) {
      ofRows[i] = random.nextGaussian();
    }
    for (int i = 0; i < labels.length; i++) {
      labels[i] = loss.isOfClasses() ? random.nextInt(UNITS) : (float) random.nextDouble();
    }
    float[] ofImage = labels.clone();
    double[] x = rows.begin(labelled(1, labels), 0, 1, null);
    System.arraycopy(ofRows, 0, x, 0, ofRows.length);
    double expected = rows.backward(List.of(), List.of());
    for (int i = 0; i < labels.length && !loss.isOfClasses(); i++) {
      ofImage[i % UNITS * pixels + i / UNITS] = labels[i];
    }
    double[] y = image.begin(labelled(1, ofImage), 0, 1, null);
    for (int i = 0; i < ofRows.length; i++) {
      y[i % UNITS * pixels + i / UNITS] = ofRows[i];
    }
    assertEquals(expected, image.backward(List.of(), List.of()), 1e-15);
    for (int i = 0; i < ofRows.length; i++) {
      assertEquals(rows.gradient()[i], image.gradient()[i % UNITS * pixels + i / UNITS], 1e-16);
    }
  }

  @Test
  void labels_ofAnotherNumberOfSteps_areRefused() {
    OutputLoss loss =
        new OutputLoss(
            plan(Losses.named("crossEntropy"), Shape.ragged(UNITS), new Target(1, UNITS, true)));
    MiniBatch batch = labelled(2, new float[6]);
    String refusal =
        assertThrows(WrongSettings.class, () -> loss.begin(batch, 0, 4, new int[] {4, 2}))
            .getMessage();
    assertTrue(refusal.contains("needs 4 numbers in an example's label, got 6"), refusal);
    MiniBatch wrong = labelled(1, new float[] {3});
    assertTrue(
        assertThrows(WrongSettings.class, () -> loss.begin(wrong, 0, 1, new int[] {1}))
            .getMessage()
            .contains("is not a class"));
  }
}
