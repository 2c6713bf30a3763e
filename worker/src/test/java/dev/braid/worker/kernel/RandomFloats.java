package dev.braid.worker.kernel;

import dev.braid.worker.random.SplitMix;
import java.util.Arrays;

/** Numbers that kernels are tried on, with some before and behind that must stay. */
final class RandomFloats {
  /** Around the numbers of lanes, primes, and whatever leaves something over. */
  static final int[] SIZES = {1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 65, 127, 257, 1000};

  private static final float[] RARE = {
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    0f,
    -0f,
    Float.MIN_VALUE,
    -1e-40f,
    Float.MIN_NORMAL,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    88.72f,
    -103.9f,
  };

  private RandomFloats() {}

  /** Ordinary numbers, any bits, and rare ones. */
  static Floats of(int size, long seed) {
    SplitMix random = SplitMix.stream(seed);
    Floats floats = ordinary(size, seed);
    for (int i = 0; i < size; i++) {
      int kind = random.nextInt(8);
      if (kind == 0) {
        floats.array()[floats.at() + i] = RARE[random.nextInt(RARE.length)];
      } else if (kind < 3) {
        floats.array()[floats.at() + i] = Float.intBitsToFloat((int) random.nextLong());
      }
    }
    return floats;
  }

  /** As values and gradients mostly are: about 0, a few units wide. */
  static Floats ordinary(int size, long seed) {
    SplitMix random = SplitMix.stream(seed);
    int before = random.nextInt(5);
    float[] numbers = new float[before + size + random.nextInt(5)];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) (3 * random.nextGaussian());
    }
    return new Floats().bind(numbers, before, size);
  }

  static Floats copy(Floats floats) {
    return new Floats().bind(floats.array().clone(), floats.at(), floats.size());
  }

  /** What is in it, without what lies before and behind. */
  static float[] numbers(Floats floats) {
    return Arrays.copyOfRange(floats.array(), floats.at(), floats.at() + floats.size());
  }
}
