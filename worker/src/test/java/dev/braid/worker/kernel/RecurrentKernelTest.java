package dev.braid.worker.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.worker.function.Activation;
import dev.braid.worker.kernel.LstmStep.Gradients;
import dev.braid.worker.layer.Lstm;
import dev.braid.worker.random.SplitMix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The gates of recurrent cells: plain loops and vectors give the same bits. */
class RecurrentKernelTest {
  private static final int ROWS = 3;
  private static final float[] RARE = {
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    -0f,
    Float.MIN_VALUE,
    -1e-40f,
    Float.MAX_VALUE,
    1
  };

  private final RecurrentKernel plain = new PlainRecurrentKernel();
  private final RecurrentKernel vector = new VectorRecurrentKernel();

  /** Random numbers in the midst of an array, some of them rare; the same each time. */
  private static Floats floats(int size, long seed) {
    SplitMix random = SplitMix.stream(seed);
    int before = random.nextInt(5);
    float[] numbers = new float[before + size];
    for (int i = 0; i < numbers.length; i++) {
      boolean isRare = random.nextInt(40) == 0;
      numbers[i] =
          isRare ? RARE[random.nextInt(RARE.length)] : (float) random.nextGaussian() / 2 + 0.5f;
    }
    return new Floats().bind(numbers, before, size);
  }

  private static LstmStep lstm(Activation gates, boolean peepholes, int units) {
    int state = ROWS * units;
    return new LstmStep(
        gates,
        peepholes ? floats(3 * units, 1) : null,
        floats(4 * state, 2),
        floats(state, 3),
        floats(state, 4),
        floats(state, 5),
        new Gradients(floats(state, 6), floats(state, 7), floats(3 * units, 8)));
  }

  private static GruStep gru(int units, boolean first) {
    int state = ROWS * units;
    return new GruStep(
        floats(4 * state, 2),
        floats(state, 3),
        floats(state, 4),
        floats(state, 5),
        first ? new Floats() : floats(state, 6));
  }

  private static void assertSame(Floats expected, Floats found) {
    assertArrayEquals(bits(expected.array()), bits(found.array()));
  }

  /** So that NaN is NaN, and -0 is not 0. */
  private static int[] bits(float[] numbers) {
    int[] bits = new int[numbers.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToIntBits(numbers[i]);
    }
    return bits;
  }

  private static Floats run(RecurrentKernel kernel, LstmStep step, int units) {
    if (step.peepholes() != null) {
      kernel.addPeepholes(step, units);
    }
    kernel.cells(step, units);
    Floats output = floats(ROWS * units, 9);
    kernel.outputs(step, output, units);
    kernel.backward(step, units);
    return output;
  }

  private static void run(RecurrentKernel kernel, GruStep step, int units) {
    kernel.news(step, units);
    kernel.states(step, units);
    kernel.backward(step, units);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 8, 15, 16, 17, 31, 67, 1000})
  void lstm_ofVectors_equalsThatOfPlainLoops(int units) {
    for (Activation gates : Lstm.GATES) {
      for (boolean peepholes : new boolean[] {false, true}) {
        LstmStep expected = lstm(gates, peepholes, units);
        LstmStep found = lstm(gates, peepholes, units);
        assertSame(run(plain, expected, units), run(vector, found, units));
        assertSame(expected.sums(), found.sums());
        assertSame(expected.after(), found.after());
        assertSame(expected.gradients().cells(), found.gradients().cells());
        assertSame(expected.gradients().peepholes(), found.gradients().peepholes());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 8, 15, 16, 17, 31, 67, 1000})
  void gru_ofVectors_equalsThatOfPlainLoops(int units) {
    for (boolean first : new boolean[] {false, true}) {
      GruStep expected = gru(units, first);
      GruStep found = gru(units, first);
      run(plain, expected, units);
      run(vector, found, units);
      assertSame(expected.sums(), found.sums());
      assertSame(expected.after(), found.after());
      assertSame(expected.beforeGradient(), found.beforeGradient());
    }
  }

  @Test
  void gru_ofOneUnit_isAsItsFormulas() {
    GruStep step =
        new GruStep(
            of(0.25f, 0.75f, 0.5f, 2), of(4), of(0), of(8), of(1)); // r, z, i_n, o; h; h'; dh'; dh
    plain.news(step, 1);
    assertEquals(0.5f + 0.25f * 2, step.sums().array()[2]);
    step.sums().array()[2] = 0.5f;
    plain.states(step, 1);
    assertEquals(0.5f + 0.75f * (4 - 0.5f), step.after().array()[0]);
    plain.backward(step, 1);
    float ofNew = 8 * 0.25f * 0.75f;
    assertArrayEquals(
        new float[] {ofNew * 2 * 0.25f * 0.75f, 8 * 3.5f * 0.75f * 0.25f, ofNew, ofNew * 0.25f},
        step.sums().array());
    assertEquals(1 + 8 * 0.75f, step.beforeGradient().array()[0]);
  }

  private static Floats of(float... numbers) {
    return new Floats().bind(numbers, 0, numbers.length);
  }
}
