package dev.braid.worker.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SplitMixTest {

  @Test
  void key_dependsOnEveryCounterAndTheirOrder() {
    long key = SplitMix.key(7, 1, 2, 3);

    assertEquals(key, SplitMix.key(7, 1, 2, 3));
    assertNotEquals(key, SplitMix.key(8, 1, 2, 3));
    assertNotEquals(key, SplitMix.key(7, 2, 1, 3));
    assertNotEquals(key, SplitMix.key(7, 1, 2));
    assertNotEquals(key, SplitMix.key(7, 1, 2, 3, 0));
  }

  @Test
  void nextDouble_isUniformOnTheUnitInterval() {
    SplitMix random = SplitMix.stream(1);
    int[] bins = new int[10];
    for (int i = 0; i < 100_000; i++) {
      bins[(int) (random.nextDouble() * 10)]++;
    }
    // Expected 10,000 a bin, standard deviation 95: five of them are 474.
    assertTrue(Arrays.stream(bins).allMatch(n -> Math.abs(n - 10_000) < 474));
  }

  @Test
  void nextGaussian_hasMeanZeroAndVarianceOne() {
    SplitMix random = SplitMix.stream(2);
    double sum = 0;
    double squares = 0;
    int n = 100_000;
    for (int i = 0; i < n; i++) {
      double x = random.nextGaussian();
      sum += x;
      squares += x * x;
    }
    assertEquals(0, sum / n, 5 / Math.sqrt(n));
    assertEquals(1, squares / n, 5 * Math.sqrt(2.0 / n));
  }

  @Test
  void permutation_holdsEveryNumberOnce() {
    int[] order = SplitMix.permutation(1000, 3);
    assertArrayEquals(SplitMix.permutation(1000, 3), order);
    int[] identity = IntStream.range(0, 1000).toArray();
    assertTrue(!Arrays.equals(identity, order));
    assertArrayEquals(identity, Arrays.stream(order).sorted().toArray());
  }

  @Test
  void nextInt_staysBelowItsBound_andReachesAllOfIt() {
    SplitMix random = SplitMix.stream(4);
    long distinct = IntStream.range(0, 1000).map(i -> random.nextInt(7)).distinct().count();
    assertEquals(7, distinct);
    assertTrue(IntStream.range(0, 1000).map(i -> random.nextInt(3)).allMatch(i -> i >= 0 && i < 3));
  }
}
