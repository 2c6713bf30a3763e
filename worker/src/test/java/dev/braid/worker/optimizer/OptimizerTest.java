package dev.braid.worker.optimizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.state.Segment.Penalty;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

public class OptimizerTest {
  private static final Slice.Treatment WEIGHT =
      new Slice.Treatment(true, Penalty.OF_THE_TRAINING, 1);
  private static final Slice.Treatment BIAS =
      new Slice.Treatment(false, Penalty.OF_THE_TRAINING, 1);

  private static final float[] GRADIENTS = {1, -0.5f, 0.25f, 2, -1};

  /** A few roundings of numbers around 1 in float. */
  private static final double FLOAT_ROUNDING = 5e-7;

  /**
   * An optimizer with its paper's formula in double precision for one parameter, and where five
   * steps along {@link #GRADIENTS} lead from 1, worked out with decimals; PyTorch in double
   * precision gives the same nine digits.
   */
  private record Case(Optimizer optimizer, Formula formula, List<Double> path) {
    @Override
    public String toString() {
      return optimizer.toString();
    }
  }

  private interface Formula {
    /** The parameter after update t, from 1; changes the memory, two numbers. */
    double next(double p, double g, double[] memory, int t);
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case(
            new Sgd(0.1),
            (p, g, memory, t) -> p - 0.1 * g,
            List.of(0.9, 0.95, 0.925, 0.725, 0.825)),
        new Case(
            new Momentum(0.1, 0.9),
            (p, g, memory, t) -> {
              memory[0] = 0.9 * memory[0] - 0.1 * g;
              return p + memory[0];
            },
            List.of(0.9, 0.86, 0.799, 0.5441, 0.41469)),
        new Case(
            new Nesterov(0.1, 0.9),
            (lookedAhead, g, memory, t) -> {
              double p = lookedAhead - 0.9 * memory[0];
              memory[0] = 0.9 * memory[0] - 0.1 * g;
              return p + memory[0] + 0.9 * memory[0];
            },
            List.of(0.81, 0.824, 0.7441, 0.31469, 0.298221)),
        new Case(
            new RmsProp(0.1, 0.9, 1e-8),
            (p, g, memory, t) -> {
              memory[0] = 0.9 * memory[0] + 0.1 * g * g;
              return p - 0.1 * g / (Math.sqrt(memory[0]) + 1e-8);
            },
            List.of(0.683772244, 0.831214196, 0.755750559, 0.472560730, 0.607536051)),
        new Case(
            new AdaGrad(0.1, 1e-10),
            (p, g, memory, t) -> {
              memory[0] += g * g;
              return p - 0.1 * g / (Math.sqrt(memory[0]) + 1e-10);
            },
            List.of(0.9, 0.944721360, 0.922899571, 0.836127387, 0.875928875)),
        new Case(
            new Adam(0.1, 0.9, 0.999, 1e-8),
            (p, g, memory, t) -> p - 0.1 * adamDirection(g, memory, t),
            List.of(0.900000001, 0.873366297, 0.839323383, 0.775034192, 0.746917863)),
        new Case(
            new AdamW(0.1, 0.9, 0.999, 1e-8, 0.1),
            (p, g, memory, t) -> p - 0.1 * (adamDirection(g, memory, t) + 0.1 * p),
            List.of(0.890000001, 0.854466297, 0.811878720, 0.739470741, 0.703959705)));
  }

  private static double adamDirection(double g, double[] memory, int t) {
    memory[0] = 0.9 * memory[0] + 0.1 * g;
    memory[1] = 0.999 * memory[1] + 0.001 * g * g;
    double mean = memory[0] / (1 - Math.pow(0.9, t));
    double meanSquare = memory[1] / (1 - Math.pow(0.999, t));
    return mean / (Math.sqrt(meanSquare) + 1e-8);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void update_followsTheHandCheckedPath(Case c) {
    float[] params = {1};
    float[][] slots = new float[c.optimizer().numSlots()][1];
    for (int step = 0; step < 5; step++) {
      float[] gradients = {GRADIENTS[step]};
      Slice slice = new Slice(params, gradients, slots, 0, 1, WEIGHT);
      c.optimizer().updateInPlace(slice, c.optimizer().learningRate(), step);
      assertEquals(c.path().get(step), params[0], FLOAT_ROUNDING, "step " + step);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void update_equalsTheFormula_onEveryElementOfTheRangeAndNoOther(Case c) {
    int size = 1003;
    float[] params = gaussians(size, 1);
    double[] expected = new double[size];
    double[][] memory = new double[size][2];
    for (int i = 0; i < size; i++) {
      expected[i] = params[i];
    }
    float[][] slots = new float[c.optimizer().numSlots()][size];
    for (int step = 0; step < 50; step++) {
      float[] gradients = gaussians(size, 2 + step);
      for (int i = 3; i < size - 2; i++) {
        expected[i] = c.formula().next(expected[i], gradients[i], memory[i], step + 1);
      }
      Slice slice = new Slice(params, gradients, slots, 3, size - 2, WEIGHT);
      c.optimizer().updateInPlace(slice, c.optimizer().learningRate(), step);
    }
    for (int i = 0; i < size; i++) {
      // Fifty steps with one or two roundings each, on numbers up to about 10.
      assertEquals(expected[i], params[i], 2e-5, "element " + i);
    }
  }

  @Test
  void adamW_leavesBiasesUndecayed() {
    float[] biases = {1};
    Slice slice = new Slice(biases, new float[] {0}, new float[2][1], 0, 1, BIAS);
    new AdamW(0.1, null, null, null, 0.5).updateInPlace(slice, 0.1, 0);
    assertEquals(1, biases[0]);

    float[] weights = {1};
    slice = new Slice(weights, new float[] {0}, new float[2][1], 0, 1, WEIGHT);
    new AdamW(0.1, null, null, null, 0.5).updateInPlace(slice, 0.1, 0);
    assertEquals(0.95, weights[0], 1e-7);
  }

  @Test
  void adamEpsilonHat_standsBesideTheUncorrectedRoot() {
    double g = 0.003;
    double m = 0;
    double v = 0;
    double p = 1;
    float[] params = {1};
    float[][] slots = new float[2][1];
    for (int update = 0; update < 5; update++) {
      Slice slice = new Slice(params, new float[] {(float) g}, slots, 0, 1, WEIGHT);
      new AdamEpsilonHat(1.0, null, null, 1e-3).updateInPlace(slice, 0.1, update);
      m = 0.9 * m + 0.1 * g;
      v = 0.999 * v + 0.001 * g * g;
      double rate =
          0.1 * Math.sqrt(1 - Math.pow(0.999, update + 1)) / (1 - Math.pow(0.9, update + 1));
      p -= rate * m / (Math.sqrt(v) + 1e-3);
      assertEquals(p, params[0], 1e-6);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void update_leavesNoDenormals_howeverSmallTheGradients(Case c) {
    int size = 600;
    float[] params = new float[size];
    float[][] slots = new float[c.optimizer().numSlots()][size];
    float[] gradients = new float[size];
    for (int i = 0; i < size; i++) {
      gradients[i] = (float) StrictMath.pow(10, -i / 12.0);
    }
    for (int step = 0; step < 3000; step++) {
      Slice slice = new Slice(params, gradients, slots, 0, size, WEIGHT);
      c.optimizer().updateInPlace(slice, c.optimizer().learningRate(), step);
      if (step == 10) {
        gradients = new float[size];
      }
    }
    for (float[] slot : slots) {
      for (float value : slot) {
        assertTrue(value == 0 || Math.abs(value) >= Float.MIN_NORMAL, "denormal " + value);
      }
    }
  }

  @Test
  void memory_keepsEveryDigitOfOrdinaryNumbers() {
    for (float value : new float[] {0, 1, -1, 1e-16f, -3.3e-16f, 1e30f}) {
      assertEquals(value, Underflow.memory(value));
    }
    assertEquals(0, Underflow.memory(1e-32f));
    assertEquals(1e-10f, Underflow.gradient(1e-10f), 1e-17f);
    assertEquals(0, Underflow.gradient(1e-19f));
    assertTrue(Float.isNaN(Underflow.gradient(Float.NaN)));
  }

  @Test
  void settings_leftOut_takeTheDefaults() throws JsonProcessingException {
    ObjectMapper json = new ObjectMapper();
    assertEquals(
        new Adam(0.002, 0.9, 0.999, 1e-8),
        json.readValue("{\"adam\": {\"learningRate\": 0.002}}", Optimizer.class));
    assertEquals(new Sgd(0.01), json.readValue("{\"sgd\": {}}", Optimizer.class));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void settings_areTheSame_writtenAndRead(Case c) throws JsonProcessingException {
    ObjectMapper json = new ObjectMapper();
    String text = json.writerFor(Optimizer.class).writeValueAsString(c.optimizer());
    assertEquals(c.optimizer(), json.readValue(text, Optimizer.class));
  }

  @Test
  void settings_withUnknownNames_areRefusedWithTheKnownOnes() {
    ObjectMapper json = new ObjectMapper();
    String unknownOptimizer = "{\"adm\": {}}";
    String message =
        assertThrows(
                InvalidTypeIdException.class,
                () -> json.readValue(unknownOptimizer, Optimizer.class))
            .getMessage();
    for (String known :
        List.of("sgd", "momentum", "nesterov", "rmsProp", "adam", "adamW", "adaGrad")) {
      assertTrue(message.contains(known), message);
    }
    assertThrows(
        UnrecognizedPropertyException.class,
        () -> json.readValue("{\"adam\": {\"lr\": 1}}", Optimizer.class));
  }

  @Test
  void settings_outOfRange_areRefusedByName() {
    assertRefused("learningRate must be above 0, got -1.0", () -> new Sgd(-1.0));
    assertRefused("learningRate must be above 0, got NaN", () -> new Momentum(Double.NaN, null));
    assertRefused("momentum must be at least 0 and below 1", () -> new Nesterov(0.1, 1.0));
    assertRefused("beta2 must be", () -> new Adam(null, null, -0.1, null));
    assertRefused("epsilon must be", () -> new AdaGrad(null, 0.0));
    assertRefused("weightDecay must be", () -> new AdamW(0.1, null, null, null, 10.0));
  }

  public static void assertRefused(String start, Runnable settings) {
    String message = assertThrows(IllegalArgumentException.class, settings::run).getMessage();
    assertTrue(message.startsWith(start), message);
  }

  @Test
  void update_isTheSame_inOneRangeAndInTwo() {
    float[] whole = gaussians(100, 1);
    float[] parts = whole.clone();
    float[] gradients = gaussians(100, 2);
    Adam adam = new Adam(null, null, null, null);
    adam.updateInPlace(new Slice(whole, gradients, new float[2][100], 0, 100, WEIGHT), 0.1, 0);
    float[][] slots = new float[2][100];
    adam.updateInPlace(new Slice(parts, gradients, slots, 0, 37, WEIGHT), 0.1, 0);
    adam.updateInPlace(new Slice(parts, gradients, slots, 37, 100, WEIGHT), 0.1, 0);
    assertArrayEquals(whole, parts);
  }

  public static float[] gaussians(int size, long key) {
    SplitMix random = SplitMix.stream(SplitMix.key(key));
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
