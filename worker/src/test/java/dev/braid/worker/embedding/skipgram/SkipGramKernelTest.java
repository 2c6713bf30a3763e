package dev.braid.worker.embedding.skipgram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.embedding.LearningRates;
import dev.braid.worker.embedding.RowBlock;
import dev.braid.worker.embedding.RowSlice;
import dev.braid.worker.embedding.skipgram.SkipGram.Contexts;
import dev.braid.worker.embedding.token.TokenBlock;
import dev.braid.worker.kernel.Kernels;
import dev.braid.worker.random.SplitMix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SkipGramKernelTest {
  private static final int NUM_WORDS = 700;
  private static final int NUM_POSITIONS = 10_000;

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 100, 128, 300, 1021})
  void vectorKernel_equalsPlain_after10000Positions(int dimension) {
    assertEquals(Kernels.VECTOR, Kernels.choose(SkipGramKernel.class).name());
    for (int window : new int[] {1, 10}) {
      for (int negatives : new int[] {1, 5, 20}) {
        SkipGram settings =
            new SkipGram(
                Contexts.EACH, dimension, window, negatives, 0, new LearningRates(0.025, 1e-4), 1);
        RowSlice plain = train(settings, Kernels.PLAIN);
        RowSlice vector = train(settings, Kernels.VECTOR);
        assertFalse(
            Arrays.equals(values(plain.inputs().values().length, 3), plain.inputs().values()));
        assertClose(plain.inputs().values(), vector.inputs().values());
        assertClose(plain.outputs().values(), vector.outputs().values());
      }
    }
  }

  /** One context, its centre and one negative, by hand: rows (1, 2), (3, 4) and (5, 6). */
  @ParameterizedTest
  @CsvSource({"plain", "vector"})
  void update_addsRowsWeightedByCoefficients_fromTheOldValues(String name) {
    CompactRows rows = new CompactRows(2, 1, 2);
    rows.inputs[0] = 1;
    rows.inputs[1] = 2;
    rows.outputs[0] = 3;
    rows.outputs[1] = 4;
    rows.outputs[rows.width] = 5;
    rows.outputs[rows.width + 1] = 6;
    Position position = new Position(1, 1);
    position.start(0);
    position.addContext(0);
    position.addNegative(rows.width);
    position.addNegative(0); // the centre word is passed over
    position.pad(rows.zeroInput(), rows.zeroOutput());
    SkipGramKernel kernel = SkipGramKernel.create(name);

    kernel.score(rows, position);
    assertEquals(1 * 3 + 2 * 4, position.coefficients[0]);
    assertEquals(1 * 5 + 2 * 6, position.coefficients[1]);

    position.coefficients[0] = 0.5f;
    position.coefficients[1] = -0.25f;
    kernel.update(rows, position);
    assertEquals(1 + 0.5f * 3 - 0.25f * 5, rows.inputs[0]);
    assertEquals(2 + 0.5f * 4 - 0.25f * 6, rows.inputs[1]);
    assertEquals(3 + 0.5f * 1, rows.outputs[0]);
    assertEquals(4 + 0.5f * 2, rows.outputs[1]);
    assertEquals(5 - 0.25f * 1, rows.outputs[rows.width]);
    assertEquals(6 - 0.25f * 2, rows.outputs[rows.width + 1]);
  }

  /** Contexts (1, 2) once and (4, 5) twice have the mean (3, 4), whose change goes to each. */
  @Test
  void bag_trainsTheMeanOfTheContexts_andGivesEachItsChange() {
    CompactRows rows = new CompactRows(2, 2, 1);
    rows.inputs[0] = 1;
    rows.inputs[1] = 2;
    rows.inputs[rows.width] = 4;
    rows.inputs[rows.width + 1] = 5;
    Position position = new Position(2, 1);
    position.start(0);
    position.addContext(0);
    position.addContext(rows.width);
    position.addContext(rows.width);
    Bag bag = new Bag(rows, 2);

    bag.gather(rows, position);
    assertEquals(1, position.numContexts);
    assertEquals(1, position.contextCounts[0]);
    int mean = position.contexts[0];
    assertEquals(3, rows.inputs[mean]);
    assertEquals(4, rows.inputs[mean + 1]);

    rows.inputs[mean] += 0.5f;
    bag.scatter(rows);
    assertEquals(1.5f, rows.inputs[0]);
    assertEquals(2, rows.inputs[1]);
    assertEquals(5, rows.inputs[rows.width]);
    assertEquals(5, rows.inputs[rows.width + 1]);
  }

  @ParameterizedTest
  @ValueSource(ints = {7, 100})
  void vectorKernel_equalsPlain_onMeansOfContexts(int dimension) {
    SkipGram settings =
        new SkipGram(Contexts.MEAN, dimension, 5, 5, 0, new LearningRates(0.025, 1e-4), 1);
    RowSlice plain = train(settings, Kernels.PLAIN);
    RowSlice vector = train(settings, Kernels.VECTOR);
    assertClose(plain.inputs().values(), vector.inputs().values());
    assertClose(plain.outputs().values(), vector.outputs().values());
  }

  @Test
  void position_countsAWordThatOccursTwice() {
    Position position = new Position(2, 2);
    position.start(8);
    position.addContext(16);
    position.addContext(16);
    position.addNegative(24);
    position.addNegative(24);
    assertEquals(1, position.numContexts);
    assertEquals(2, position.contextCounts[0]);
    assertEquals(2, position.numTargets);
    assertEquals(2, position.targetCounts[1]);
  }

  private static RowSlice train(SkipGram settings, String kernel) {
    long[] counts = IntStream.range(0, NUM_WORDS).mapToLong(i -> NUM_WORDS / (i + 1) + 1).toArray();
    SplitMix random = SplitMix.stream(11);
    int[] words =
        IntStream.range(0, NUM_POSITIONS)
            .map(i -> random.nextInt(1 + random.nextInt(700)))
            .toArray();
    TokenBlock tokens = TokenBlock.of(words, new int[] {NUM_POSITIONS}, id -> counts[id]);
    int size = NUM_WORDS * settings.dimension();
    RowBlock rows = new RowBlock(0, 0, counts, values(size, 3), values(size, 4));
    RowSlice slice = rows.select(0, tokens.ids(), 2000, 5);
    SkipGramPass.Progress progress = new SkipGramPass.Progress(0, 1, NUM_POSITIONS);
    SkipGramPass.Result result =
        SkipGramPass.train(
            settings, kernel, tokens, new ArrayList<>(List.of(slice)), NUM_POSITIONS, progress, 7);
    assertEquals(NUM_POSITIONS, result.numPositions());
    return result.slices().get(0);
  }

  private static float[] values(int size, long key) {
    float[] values = new float[size];
    SplitMix random = SplitMix.stream(key);
    for (int i = 0; i < size; i++) {
      values[i] = (float) (random.nextDouble() - 0.5) * NUM_WORDS / size;
    }
    return values;
  }

  /** Relative error by the Euclidean norm. */
  private static void assertClose(float[] expected, float[] actual) {
    assertEquals(expected.length, actual.length);
    double norm = 0;
    double error = 0;
    for (int i = 0; i < expected.length; i++) {
      norm += (double) expected[i] * expected[i];
      error += Math.pow((double) expected[i] - actual[i], 2);
    }
    assertTrue(error <= 1e-10 * norm, "relative error " + Math.sqrt(error / norm));
  }
}
