package dev.braid.worker.glove;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.kernel.Kernels;
import dev.braid.worker.random.SplitMix;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GloveKernelTest {
  private static final int NUM_WORDS = 50;
  private static final int NUM_CELLS = 10_000;

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 100, 128, 300, 1021})
  void vectorKernel_equalsPlain_after10000Cells(int dimension) {
    assertEquals(Kernels.VECTOR, Kernels.choose(GloveKernel.class).name());
    GloveRows[] plain = rows(dimension);
    GloveRows[] vector = rows(dimension);
    CellBlock cells = cells().withNegatives(0.3, 4);
    double loss = GloveKernel.create("plain").train(plain[0], plain[1], cells, 0.05f);
    double same = GloveKernel.create("vector").train(vector[0], vector[1], cells, 0.05f);
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
    double loss = GloveKernel.create(name).train(rows, columns, cell, 0.5f);
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

  /** w = (1, 2), c = (-1, 0), biases 0.5 and 0.5: the score is 0, the logistic function 1/2. */
  @ParameterizedTest
  @ValueSource(strings = {"plain", "vector"})
  void negativeSample_pushesTheScoreDown(String name) {
    GloveRows rows = GloveRows.initial(new float[1], 0, 1, 2, 1);
    GloveRows columns = GloveRows.initial(new float[1], 0, 1, 2, 2);
    set(rows, 1, 2, 0.5f);
    set(columns, -1, 0, 0.5f);
    CellBlock cell =
        new CellBlock(new int[1], new int[1], new float[] {CellBlock.NEVER}, new float[] {0.5f});
    double loss = GloveKernel.create(name).train(rows, columns, cell, 0.5f);
    assertEquals(0.5 * Math.log(2), loss, 1e-6);
    float scale = 0.5f * 0.5f * 0.5f;
    assertArrayEquals(new float[] {1 + scale, 2}, Arrays.copyOf(rows.values(), 2), 1e-6f);
    assertArrayEquals(
        new float[] {-1 - scale, -2 * scale}, Arrays.copyOf(columns.values(), 2), 1e-6f);
    assertEquals(0.5f - scale, rows.biases()[0], 1e-6f);
    assertEquals(0.5f - scale, columns.biases()[0], 1e-6f);
  }

  @Test
  void withNegatives_putsOneBehindEachCell_fromColumnsOfTheBlock() {
    CellBlock cells = cells();
    CellBlock all = CellBlock.fromBytes(cells.withNegatives(0.3, 5).toBytes());
    assertEquals(2 * cells.size(), all.size());
    int[] drawn = new int[NUM_WORDS];
    for (int i = 0; i < cells.size(); i++) {
      assertEquals(cells.columns()[i], all.columns()[2 * i]);
      assertEquals(cells.logs()[i], all.logs()[2 * i]);
      assertEquals(cells.weights()[i], all.weights()[2 * i]);
      assertEquals(cells.rows()[i], all.rows()[2 * i + 1]);
      assertEquals(CellBlock.NEVER, all.logs()[2 * i + 1]);
      assertEquals(0.3f, all.weights()[2 * i + 1]);
      drawn[all.columns()[2 * i + 1]]++;
    }
    // Each of 50 columns has some 200 of the 10,000 cells; five deviations of 14.
    assertTrue(Arrays.stream(drawn).allMatch(n -> n > 130 && n < 270), Arrays.toString(drawn));
    assertNotEquals(
        Arrays.toString(all.columns()), Arrays.toString(cells.withNegatives(0.3, 6).columns()));
    assertSame(cells, cells.withNegatives(0, 5));
  }

  @Test
  void create_unknownKernel_namesTheKnown() {
    assertEquals(
        "kernel must be vector or plain, got 'fast'",
        assertThrows(IllegalArgumentException.class, () -> GloveKernel.create("fast"))
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
    SplitMix random = SplitMix.stream(3);
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
