package dev.braid.worker.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.random.SplitMix;
import java.util.Arrays;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** What a convolution is made of, by each kernel, on values in the midst of arrays. */
class ConvolutionKernelTest {
  private static final int[] SIZES = {1, 2, 3, 4, 5, 7, 8, 13, 15, 16, 17, 20, 31, 33, 64, 97, 131};
  private static final float[] RARE = {
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    -0f,
    Float.MIN_VALUE,
    -1e-40f,
    Float.MIN_NORMAL,
    Float.MAX_VALUE
  };

  private final ConvolutionKernel plain = new PlainConvolutionKernel();
  private final ConvolutionKernel vector = new VectorConvolutionKernel();

  @Test
  void slide_addsTheTermsOfEachTapToItsRowsStart() {
    Floats weights = floats(1, 2, 3, 4, 5, 6);
    Floats packed = floats(new float[6]);
    Floats values = floats(new float[6 + ConvolutionKernel.BEYOND]);
    System.arraycopy(new float[] {1, 10, 100, 1000, 10000}, 0, values.array(), 0, 5);
    Matrix result = new Matrix().bind(new float[6], 0, 2, 3);
    for (ConvolutionKernel kernel : new ConvolutionKernel[] {plain, vector}) {
      kernel.pack(weights, 2, 3, new int[] {0, 2}, packed); // rows (1, 3) and (4, 6)
      kernel.slide(packed, floats(0.5f, 0), values, new int[] {0, 2}, result);
      assertArrayEquals(new float[] {301.5f, 3010.5f, 30100.5f, 604, 6040, 60400}, result.array());
    }
  }

  @Test
  void rank_ordersNumbersAsTheyAre_ofNoneIsZero() {
    float[] numbers = {Float.NEGATIVE_INFINITY, -2, -1e-40f, -0f, 1e-40f, 3, Float.NaN};
    int before = ConvolutionKernel.NO_RANK;
    for (float number : numbers) {
      int rank = ConvolutionKernel.rank(number);
      assertTrue(rank > before, () -> "rank of " + number);
      assertEquals(number + 0f, ConvolutionKernel.ofRank(rank));
      before = rank;
    }
    assertEquals(ConvolutionKernel.rank(0f), ConvolutionKernel.rank(-0f));
    assertEquals(0, ConvolutionKernel.ofRank(ConvolutionKernel.NO_RANK));
  }

  @Test
  void rank_ofAnySizes_isTheSame() {
    onRandomSizes(
        (random, mayBeRare) -> {
          int count = size(random, 70);
          int stride = 1 + random.nextInt(2);
          Floats numbers = values(random, count * stride, mayBeRare);
          Floats others = values(random, count * stride, mayBeRare);
          int[][] ranks = new int[2][count];
          for (int i = 0; i < 2; i++) {
            ConvolutionKernel kernel = i == 0 ? plain : vector;
            Arrays.fill(ranks[i], ConvolutionKernel.NO_RANK);
            kernel.rank(numbers.array(), numbers.at(), stride, count, ranks[i]);
            kernel.rank(others.array(), others.at(), stride, count, ranks[i]);
          }
          assertArrayEquals(ranks[0], ranks[1]);
        });
  }

  @Test
  void copyAndAdd_ofAnySizes_writeTheirRowsAlone() {
    onRandomSizes(
        (random, mayBeRare) -> {
          int rows = size(random, 8);
          int columns = size(random, 70);
          int fromStride = columns + random.nextInt(9);
          int toStride = columns + random.nextInt(9) * random.nextInt(2);
          boolean adds = random.nextInt(2) == 0;
          Floats from = values(random, rows * fromStride, mayBeRare);
          Floats begin = values(random, rows * toStride, mayBeRare);
          float[][] results = new float[2][];
          for (int i = 0; i < 2; i++) {
            results[i] = begin.array().clone();
            ConvolutionKernel kernel = i == 0 ? plain : vector;
            Matrix read = new Matrix().bind(from.array(), from.at(), rows, columns, fromStride);
            Matrix written = new Matrix().bind(results[i], begin.at(), rows, columns, toStride);
            if (adds) {
              kernel.add(read, written);
            } else {
              kernel.copy(read, written);
            }
          }
          assertSameBits(results[0], results[1]);
        });
  }

  @Test
  void addShifted_ofAnySizes_addsToTheirColumnsAlone() {
    onRandomSizes(
        (random, mayBeRare) -> {
          int height = size(random, 8);
          int width = size(random, 70);
          int numRows = random.nextInt(3 * height);
          int[] rows = new int[height];
          int[] ends = new int[height];
          int[][] added = new int[3][numRows];
          for (int i = 0; i < numRows; i++) {
            added[0][i] = width + random.nextInt(100);
            added[1][i] = random.nextInt(width);
            added[2][i] = 1 + random.nextInt(width - added[1][i]);
          }
          for (int row = 0; row < height; row++) {
            rows[row] = row * width;
            ends[row] = (row + 1) * numRows / height;
          }
          Floats from = values(random, 2 * width + 100 + ConvolutionKernel.BEYOND, mayBeRare);
          Floats begin = values(random, height * width, mayBeRare);
          float[][] results = new float[2][];
          for (int i = 0; i < 2; i++) {
            results[i] = begin.array().clone();
            (i == 0 ? plain : vector)
                .addShifted(
                    from,
                    new ConvolutionKernel.ShiftedRows(
                        rows, width, ends, added[0], added[1], added[2]),
                    new Floats().bind(results[i], begin.at(), begin.size()));
          }
          assertSameBits(results[0], results[1]);
        });
  }

  @Test
  void slide_ofAnySizes_hasTheSameBitsOnVectors() {
    onRandomSizes(
        (random, mayBeRare) -> {
          int rows = size(random, 40);
          int terms = size(random, 40);
          int columns = size(random, 140);
          int[] taps = taps(random, terms);
          Floats weights = values(random, rows * terms, mayBeRare);
          Floats start = random.nextInt(2) == 0 ? null : values(random, rows, mayBeRare);
          Floats values = values(random, 200 + columns + ConvolutionKernel.BEYOND, mayBeRare);
          int stride = columns + random.nextInt(3);
          float[][] results = new float[2][rows * stride];
          for (int i = 0; i < 2; i++) {
            ConvolutionKernel kernel = i == 0 ? plain : vector;
            Floats packed = floats(new float[rows * terms]);
            int[] order = new int[terms];
            for (int k = 0; k < terms; k++) {
              order[k] = terms - 1 - k;
            }
            kernel.pack(weights, rows, terms, order, packed);
            Matrix result = new Matrix().bind(results[i], 0, rows, columns, stride);
            kernel.slide(packed, start, values, taps, result);
          }
          assertSameBits(results[0], results[1]);
        });
  }

  @Test
  void gather_ofAnySizes_hasTheSameBitsOnVectors() {
    onRandomSizes(
        (random, mayBeRare) -> {
          int terms = size(random, 60);
          int columns = size(random, 70);
          int stride = (columns + 15) / 16 * 16;
          int numPlaces = size(random, 64);
          int[] taps = taps(random, terms);
          Floats values = values(random, 201 + numPlaces, mayBeRare);
          Floats gradients = values(random, numPlaces * stride, mayBeRare);
          Floats begin = values(random, terms * stride, mayBeRare);
          float[][] results = new float[2][];
          for (int i = 0; i < 2; i++) {
            float[] sums = begin.array().clone();
            Matrix to = new Matrix().bind(sums, begin.at(), terms, columns, stride);
            (i == 0 ? plain : vector)
                .gather(
                    values,
                    taps,
                    new Matrix()
                        .bind(gradients.array(), gradients.at(), numPlaces, columns, stride),
                    to);
            results[i] = within(to);
          }
          assertSameBits(results[0], results[1]);
        });
  }

  @Test
  void dots_ofAnySizes_hasTheSameBitsOnVectors() {
    onRandomSizes(
        (random, mayBeRare) -> {
          int terms = size(random, 30);
          int rows = 1 + random.nextInt(5);
          int columns = size(random, 64);
          int[] taps = taps(random, terms);
          int rowStride = columns + random.nextInt(4);
          Floats values =
              values(random, 201 + rows * rowStride + ConvolutionKernel.BEYOND, mayBeRare);
          Floats gradients = values(random, rows * columns, mayBeRare);
          Floats begin = values(random, terms * ConvolutionKernel.ACCUMULATORS, false);
          boolean transposed = random.nextInt(2) == 0;
          Matrix other = new Matrix().bind(gradients, columns, rows);
          Matrix by =
              transposed
                  ? new Matrix().transposeOf(other)
                  : new Matrix().bind(gradients, rows, columns);
          float[][] results = new float[2][];
          for (int i = 0; i < 2; i++) {
            float[] sums = begin.array().clone();
            (i == 0 ? plain : vector)
                .dots(
                    values, taps, rowStride, by, new Floats().bind(sums, begin.at(), begin.size()));
            results[i] = sums;
          }
          assertSameBits(results[0], results[1]);
        });
  }

  private static void onRandomSizes(BiConsumer<SplitMix, Boolean> check) {
    SplitMix random = SplitMix.stream(11);
    for (int i = 0; i < 120; i++) {
      check.accept(random, i % 3 == 0);
    }
  }

  private static int size(SplitMix random, int most) {
    int size;
    do {
      size = SIZES[random.nextInt(SIZES.length)];
    } while (size > most);
    return size;
  }

  private static int[] taps(SplitMix random, int count) {
    int[] taps = new int[count];
    for (int i = 0; i < count; i++) {
      taps[i] = random.nextInt(200);
    }
    return taps;
  }

  private static Floats floats(float... values) {
    return new Floats().bind(values, 0, values.length);
  }

  /**
   * Numbers of any size behind some others, one in nine of them a rare one if there may be such.
   */
  private static Floats values(SplitMix random, int size, boolean mayBeRare) {
    int before = random.nextInt(4);
    float[] values = new float[before + size];
    for (int i = 0; i < values.length; i++) {
      boolean rare = mayBeRare && random.nextInt(9) == 0;
      values[i] = rare ? RARE[random.nextInt(RARE.length)] : (float) random.nextGaussian();
    }
    return new Floats().bind(values, before, size);
  }

  private static float[] within(Matrix matrix) {
    float[] numbers = new float[matrix.rows() * matrix.columns()];
    for (int i = 0; i < numbers.length; i++) {
      int row = i / matrix.columns();
      numbers[i] = matrix.array()[matrix.at() + row * matrix.rowStride() + i % matrix.columns()];
    }
    return numbers;
  }

  private static void assertSameBits(float[] expected, float[] actual) {
    assertEquals(expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(Float.floatToIntBits(expected[i]), Float.floatToIntBits(actual[i]), "at " + i);
    }
  }
}
