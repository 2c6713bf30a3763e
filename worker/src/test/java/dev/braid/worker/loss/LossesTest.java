package dev.braid.worker.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.random.SplitMix;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LossesTest {
  private static final int SIZE = 3;
  private static final int STEPS = 4;
  private static final int UNITS = 3;

  /** Losses of each position by itself; those of objects are asked in the room of their task. */
  static List<Loss> losses() {
    return Losses.all().stream()
        .filter(loss -> loss.parameters(2).isEmpty())
        .filter(loss -> !loss.isOfObjects())
        .toList();
  }

  private static float[] labels(Loss loss, int rows, SplitMix random) {
    float[] labels = new float[loss.isOfClasses() ? rows : rows * UNITS];
    for (int i = 0; i < labels.length; i++) {
      labels[i] =
          switch (loss.labels()) {
            case CLASSES -> random.nextInt(UNITS);
            case SIGNS -> random.nextInt(2);
            case SHARES, NUMBERS, VECTORS -> (float) random.nextDouble();
            case OBJECTS -> throw new IllegalStateException("objects are asked elsewhere");
          };
    }
    return labels;
  }

  private static LossBatch batch(Loss loss, SplitMix random) {
    LossBatch batch = new LossBatch();
    batch.begin(SIZE, STEPS, UNITS, null);
    for (int i = 0; i < SIZE * STEPS * UNITS; i++) {
      batch.outputs()[i] = 2 * random.nextGaussian();
    }
    return batch
        .labels(labels(loss, SIZE * STEPS, random), null)
        .gradient(new double[SIZE * STEPS * UNITS]);
  }

  @ParameterizedTest
  @MethodSource("losses")
  void gradient_matchesFiniteDifferences_withMissingAndWeightedLabels(Loss loss) {
    SplitMix random = SplitMix.stream(5);
    LossBatch batch = batch(loss, random);
    float[] weights = new float[SIZE * STEPS];
    for (int row = 0; row < weights.length; row++) {
      weights[row] = 0.5f + (float) random.nextDouble();
    }
    weights[2] = 0;
    float[] labels = batch.labels();
    labels[labels.length / 2] = Float.NaN;
    batch.labels(labels, weights);

    loss.of(batch);
    double[] gradient = batch.gradient().clone();
    batch.gradient(null);
    double step = 1e-5;
    for (int i = 0; i < gradient.length; i++) {
      double before = batch.outputs()[i];
      batch.outputs()[i] = before + step;
      double above = loss.of(batch);
      batch.outputs()[i] = before - step;
      double below = loss.of(batch);
      batch.outputs()[i] = before;
      assertEquals((above - below) / (2 * step), gradient[i], 1e-8, loss.name() + " at " + i);
    }
  }

  @ParameterizedTest
  @MethodSource("losses")
  void missingRows_countNothing_whateverStandsThere(Loss loss) {
    SplitMix random = SplitMix.stream(6);
    LossBatch whole = batch(loss, random);
    int rows = SIZE * STEPS;
    int width = whole.labels().length / rows;
    LossBatch part = new LossBatch();
    part.begin(1, rows - 2, UNITS, null);
    System.arraycopy(whole.outputs(), 0, part.outputs(), 0, (rows - 2) * UNITS);
    part.labels(Arrays.copyOf(whole.labels(), (rows - 2) * width), null)
        .gradient(new double[(rows - 2) * UNITS]);
    Arrays.fill(whole.labels(), (rows - 2) * width, rows * width, Float.NaN);
    Arrays.fill(whole.outputs(), (rows - 2) * UNITS, rows * UNITS, Double.NEGATIVE_INFINITY);
    Arrays.fill(whole.gradient(), 99);

    assertEquals(loss.of(part), loss.of(whole));
    double[] expected = Arrays.copyOf(part.gradient(), rows * UNITS);
    assertArrayEquals(expected, whole.gradient(), 0);
  }

  @ParameterizedTest
  @MethodSource("losses")
  void noLabel_isALossOfZero_withoutGradient(Loss loss) {
    LossBatch batch = batch(loss, SplitMix.stream(7));
    Arrays.fill(batch.labels(), Float.NaN);
    Arrays.fill(batch.gradient(), 99);
    assertEquals(0, loss.of(batch));
    assertArrayEquals(new double[SIZE * STEPS * UNITS], batch.gradient());
  }

  @ParameterizedTest
  @MethodSource("losses")
  void equalWeights_areAsGoodAsNone(Loss loss) {
    LossBatch batch = batch(loss, SplitMix.stream(8));
    double without = loss.of(batch);
    double[] gradient = batch.gradient().clone();
    float[] weights = new float[SIZE * STEPS];
    Arrays.fill(weights, 3);
    batch.labels(batch.labels(), weights);
    assertEquals(without, loss.of(batch), 1e-15 * Math.max(1, without));
    assertArrayEquals(gradient, batch.gradient(), 1e-15);
  }

  /** Made by torch_losses.py beside the file. */
  @Test
  void valuesAndGradients_arePyTorchs() throws IOException {
    List<String> compared = new ArrayList<>();
    try (InputStream in = LossesTest.class.getResourceAsStream("torch.json")) {
      JsonNode file = new ObjectMapper().readTree(in);
      for (JsonNode one : file.get("cases")) {
        Loss loss = Losses.named(one.get("loss").asText());
        double[] x = numbers(one.get("x"));
        double[] y = numbers(one.get("y"));
        int units = file.get("units").asInt();
        LossBatch batch = new LossBatch();
        batch.begin(x.length / units, 1, units, null);
        System.arraycopy(x, 0, batch.outputs(), 0, x.length);
        float[] labels = new float[y.length];
        for (int i = 0; i < y.length; i++) {
          labels[i] = (float) y[i];
        }
        batch.labels(labels, null).gradient(new double[x.length]);
        double expected = one.get("value").asDouble();
        assertEquals(expected, loss.of(batch), 1e-13 * Math.max(1, expected), loss.name());
        for (int i = 0; i < x.length; i++) {
          double slope = one.get("gradient").get(i).asDouble();
          assertEquals(slope, batch.gradient()[i], 1e-13 * Math.max(1, Math.abs(slope)));
        }
        compared.add(loss.name());
      }
    }
    assertTrue(compared.containsAll(losses().stream().map(Loss::name).toList()));
  }

  private static double[] numbers(JsonNode list) {
    double[] numbers = new double[list.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = list.get(i).asDouble();
    }
    return numbers;
  }

  @Test
  void crossEntropy_ofHugeNumbers_isFinite() {
    LossBatch batch = new LossBatch();
    batch.begin(1, 1, 2, null);
    batch.outputs()[0] = 1e300;
    batch.outputs()[1] = -1e300;
    batch.labels(new float[] {0}, null).gradient(new double[2]);
    assertEquals(0, new CrossEntropy().of(batch));
    assertArrayEquals(new double[2], batch.gradient());
  }

  @Test
  void named_ofAnUnknownLoss_suggestsTheNearest() {
    assertEquals(new Huber(), Losses.named("HUBER"));
    String refusal =
        assertThrows(WrongSettings.class, () -> Losses.named("crosEntropy")).getMessage();
    assertTrue(refusal.contains("did you mean 'crossEntropy'?"), refusal);
  }
}
