package dev.braid.worker.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.worker.kernel.PoolingKernel.Image;
import dev.braid.worker.random.SplitMix;
import org.junit.jupiter.api.Test;

/** The largest of two by two numbers and its gradient, by each kernel. */
class PoolingKernelTest {
  private static final int[] SIZES = {2, 3, 4, 6, 7, 8, 14, 16, 17, 24, 31, 32, 33, 62, 130};
  private static final float[] RARE = {
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    -0f,
    0f,
    Float.MIN_VALUE,
    -1e-40f,
    Float.MAX_VALUE
  };

  private final PoolingKernel[] kernels = {new PlainPoolingKernel(), new VectorPoolingKernel()};

  @Test
  void largest_ofEachWindow_leavesOutALastRowAndColumn() {
    Floats x = floats(1, 2, 8, 7, 9, 4, 3, 6, 5, 9, 9, 9, 9, 9, 9);
    for (PoolingKernel kernel : kernels) {
      Floats y = floats(0, 0);
      kernel.largest(x, new Image(3, 5), y);
      assertArrayEquals(new float[] {4, 8}, y.array());
    }
  }

  @Test
  void gradient_goesToTheFirstOfTheLargest() {
    Floats x = floats(1, 7, -0f, Float.NaN, 7, 7, 0, Float.NaN);
    for (PoolingKernel kernel : kernels) {
      Floats dx = floats(1, 1, 1, 1, 1, 1, 1, 1);
      kernel.gradient(x, new Image(2, 4), floats(10, 20), dx, true);
      assertArrayEquals(new float[] {1, 11, 1, 21, 1, 1, 1, 1}, dx.array());
      kernel.gradient(x, new Image(2, 4), floats(10, 20), dx, false);
      assertArrayEquals(new float[] {0, 10, 0, 20, 0, 0, 0, 0}, dx.array());
    }
  }

  @Test
  void onImagesOfAnySize_bothHaveTheSameBits() {
    SplitMix random = SplitMix.stream(12);
    for (int i = 0; i < 200; i++) {
      Image image = new Image(size(random), size(random));
      int channels = 1 + random.nextInt(4);
      int windows = channels * image.rows() * image.columns();
      int numbers = channels * image.height() * image.width();
      Floats x = values(random, numbers);
      Floats dy = values(random, windows);
      Floats before = values(random, numbers);
      boolean adds = random.nextInt(2) == 0;
      float[][] largest = new float[2][];
      float[][] gradients = new float[2][];
      for (int k = 0; k < 2; k++) {
        largest[k] = new float[windows + 2];
        kernels[k].largest(x, image, new Floats().bind(largest[k], 1, windows));
        gradients[k] = before.array().clone();
        Floats dx = new Floats().bind(gradients[k], before.at(), numbers);
        kernels[k].gradient(x, image, dy, dx, adds);
      }
      assertSameBits(largest[0], largest[1]);
      assertSameBits(gradients[0], gradients[1]);
    }
  }

  private static int size(SplitMix random) {
    return SIZES[random.nextInt(SIZES.length)];
  }

  private static Floats floats(float... values) {
    return new Floats().bind(values, 0, values.length);
  }

  /** Numbers with others on both sides, many of them alike and some rare. */
  private static Floats values(SplitMix random, int size) {
    int before = random.nextInt(4);
    float[] values = new float[before + size + random.nextInt(3) * 20];
    for (int i = 0; i < values.length; i++) {
      boolean isRare = random.nextInt(9) == 0;
      values[i] = isRare ? RARE[random.nextInt(RARE.length)] : random.nextInt(7) - 3;
    }
    return new Floats().bind(values, before, size);
  }

  private static void assertSameBits(float[] expected, float[] actual) {
    assertEquals(expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(Float.floatToIntBits(expected[i]), Float.floatToIntBits(actual[i]), "at " + i);
    }
  }
}
