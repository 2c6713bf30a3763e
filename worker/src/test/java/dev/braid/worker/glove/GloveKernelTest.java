package dev.braid.worker.glove;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.embedding.SkipGramKernels;
import dev.braid.worker.random.Counter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GloveKernelTest {
  private static final int NUM_WORDS = 50;
  private static final int NUM_CELLS = 10_000;

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 100, 128, 300, 1021})
  void vectorKernel_equalsPlain_after10000Cells(int dimension) {
    assertEquals(SkipGramKernels.VECTOR, SkipGramKernels.choose().name());
    GloveRows[] plain = rows(dimension);
    GloveRows[] vector = rows(dimension);
    double loss = GloveKernels.create("plain").train(plain[0], plain[1], cells(), 0.05f);
    double same = GloveKernels.create("vector").train(vector[0], vector[1], cells(), 0.05f);
    assertEquals(loss, same, 1e-5 * loss);
    for (int side = 0; side < 2; side++) {
      assertClose(plain[side].values(), vector[side].values());
      assertClose(plain[side].squares(), vector[side].squares());
      assertClose(plain[side].biases(), vector[side].biases());
      assertClose(plain[side].biasSquares(), vector[side].biasSquares());
    }
  }

  /** w = (1, 2), c = (3, 4), biases 0.5 and 0.25, ln x = 10, f = 0.5: the error is 1.75. */
  @ParameterizedTest
  @ValueSource(strings = {"plain", "vector"})
  void kernel_stepsByAdaGrad_fromTheOldValues(String name) {
    GloveRows rows = GloveRows.initial(new float[1], 0, 1, 2, 1);
    GloveRows columns = GloveRows.initial(new float[1], 0, 1, 2, 2);
    set(rows, 1, 2, 0.5f);
    set(columns, 3, 4, 0.25f);
    rows.squares()[0] = 4;
    CellBlock cell = new CellBlock(new int[1], new int[1], new float[] {10}, new float[] {0.5f});
    double loss = GloveKernels.create(name).train(rows, columns, cell, 0.5f);
    assertEquals(0.5 * 0.5 * 1.75 * 1.75, loss);
    float scale = 0.5f * 0.5f * 1.75f;
    assertEquals(1 - scale * 3 / 2, rows.values()[0]);
    assertEquals(2 - scale * 4, rows.values()[1]);
    assertEquals(3 - scale * 1, columns.values()[0]);
    assertEquals(4 - scale * 2, columns.values()[1]);
    assertEquals(4 + scale * scale * 9, rows.squares()[0]);
    assertEquals(0.5f - scale, rows.biases()[0]);
    assertEquals(1 + scale * scale, columns.biasSquares()[0]);
  }

  @Test
  void create_unknownKernel_namesTheKnown() {
    assertEquals(
        "kernel must be vector or plain, got 'fast'",
        assertThrows(IllegalArgumentException.class, () -> GloveKernels.create("fast"))
            .getMessage());
  }

  private static void set(GloveRows rows, float first, float second, float bias) {
    rows.values()[0] = first;
    rows.values()[1] = second;
    rows.biases()[0] = bias;
  }

  private static GloveRows[] rows(int dimension) {
    return new GloveRows[] {
      GloveRows.initial(new float[NUM_WORDS], 0, 1, dimension, 1),
      GloveRows.initial(new float[NUM_WORDS], 0, 1, dimension, 2)
    };
  }

  private static CellBlock cells() {
    Counter random = Counter.stream(3);
    int[] rows = new int[NUM_CELLS];
    int[] columns = new int[NUM_CELLS];
    float[] logs = new float[NUM_CELLS];
    float[] weights = new float[NUM_CELLS];
    for (int i = 0; i < NUM_CELLS; i++) {
      rows[i] = random.nextInt(NUM_WORDS);
      columns[i] = random.nextInt(NUM_WORDS);
      logs[i] = (float) (4 * random.nextDouble() - 1);
      weights[i] = (float) random.nextDouble();
    }
    return new CellBlock(rows, columns, logs, weights);
  }

  private static void assertClose(float[] expected, float[] actual) {
    double norm = 0;
    double error = 0;
    for (int i = 0; i < expected.length; i++) {
      norm += (double) expected[i] * expected[i];
      error += Math.pow((double) expected[i] - actual[i], 2);
    }
    assertTrue(error <= 1e-10 * norm, "relative error " + Math.sqrt(error / norm));
  }
}
