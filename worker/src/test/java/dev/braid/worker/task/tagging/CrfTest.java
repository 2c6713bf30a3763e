package dev.braid.worker.task.tagging;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.worker.loss.Loss;
import dev.braid.worker.loss.LossBatch;
import dev.braid.worker.random.SplitMix;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The loss of mini-batches of sentences of different length. */
class CrfTest {
  private static final int UNITS = 3;
  private static final int STEPS = 4;
  private static final int[] LENGTHS = {4, 2};
  private static final float NONE = Float.NaN;
  private static final float[] TAGS = {0, 1, NONE, 0, 2, 1, NONE, NONE};

  private final double[] outputs = random(1, 2 * STEPS * UNITS);
  private final List<double[]> parameters = List.of(random(2, 9), random(3, 3), random(4, 3));

  private static double[] random(long key, int size) {
    SplitMix random = SplitMix.stream(key);
    double[] numbers = new double[size];
    Arrays.setAll(numbers, i -> random.nextGaussian());
    return numbers;
  }

  private LossBatch batch(float[] labels, float[] weights) {
    LossBatch batch = new LossBatch();
    batch.begin(2, STEPS, UNITS, LENGTHS);
    System.arraycopy(outputs, 0, batch.outputs(), 0, outputs.length);
    return batch.labels(labels, weights).parameters(parameters, List.of());
  }

  /** The loss of one sentence alone, by the chain that it is made of. */
  private double alone(int example) {
    double[] params = new double[LinearChain.numParams(UNITS)];
    System.arraycopy(parameters.get(0), 0, params, 0, 9);
    System.arraycopy(parameters.get(1), 0, params, 9, 3);
    System.arraycopy(parameters.get(2), 0, params, 12, 3);
    int from = example * STEPS;
    int[] tags = new int[LENGTHS[example]];
    Arrays.setAll(tags, t -> Float.isNaN(TAGS[from + t]) ? -1 : (int) TAGS[from + t]);
    return new LinearChain(UNITS, null)
        .loss(
            Arrays.copyOfRange(outputs, from * UNITS, (from + STEPS) * UNITS),
            LENGTHS[example],
            tags,
            params,
            new double[STEPS * UNITS],
            new double[params.length]);
  }

  @Test
  void loss_isTheSumOverSentencesForEachTag_withoutPadding() {
    assertEquals((alone(0) + alone(1)) / 5, new Crf().of(batch(TAGS, null)), 1e-12);
  }

  @Test
  void loss_ofWeightedLabels_isTheWeightedMean() {
    float[] weights = {2, 2, 2, 2, 1, 1, 1, 1};
    assertEquals((2 * alone(0) + alone(1)) / 8, new Crf().of(batch(TAGS, weights)), 1e-12);
  }

  @Test
  void loss_withoutAnyLabel_isNothing() {
    float[] none = new float[TAGS.length];
    Arrays.fill(none, NONE);
    double[] gradient = {9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9};
    LossBatch batch = batch(none, null).gradient(gradient);
    assertEquals(0, new Crf().of(batch));
    assertArrayEquals(new double[gradient.length], gradient);
  }

  @Test
  void gradient_matchesFiniteDifferences_andIsNothingAtPadding() {
    double[] gradient = new double[outputs.length];
    List<double[]> gradients = List.of(new double[9], new double[3], new double[3]);
    LossBatch batch = batch(TAGS, null).gradient(gradient).parameters(parameters, gradients);
    new Crf().of(batch);
    assertArrayEquals(differences(outputs), gradient, 1e-8);
    assertArrayEquals(new double[6], Arrays.copyOfRange(gradient, 18, 24));
    for (int i = 0; i < parameters.size(); i++) {
      assertArrayEquals(differences(parameters.get(i)), gradients.get(i), 1e-8);
    }
  }

  private double[] differences(double[] numbers) {
    double step = 1e-5;
    double[] differences = new double[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      double own = numbers[i];
      numbers[i] = own + step;
      double above = new Crf().of(batch(TAGS, null));
      numbers[i] = own - step;
      double below = new Crf().of(batch(TAGS, null));
      numbers[i] = own;
      differences[i] = (above - below) / (2 * step);
    }
    return differences;
  }

  @Test
  void answer_isOneForTheTagsOfTheBestPath() {
    LossBatch batch = batch(TAGS, null);
    new Crf().answer(batch);
    double[] made = Arrays.copyOf(batch.outputs(), outputs.length);
    for (int row = 0; row < 2 * STEPS; row++) {
      double ones = Arrays.stream(made, row * UNITS, (row + 1) * UNITS).sum();
      assertEquals(row == 6 || row == 7 ? 0 : 1, ones);
    }
  }

  @Test
  void loss_isFoundByItsName() {
    assertEquals(new Crf(), Loss.named("crf"));
  }
}
