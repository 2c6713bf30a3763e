package dev.braid.worker.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PermutationTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 16, 17, 1000, 65_537})
  void get_takesEveryNumberOnce(int size) {
    long[] order = order(size, 7);
    Arrays.sort(order);
    assertArrayEquals(LongStream.range(0, size).toArray(), order);
  }

  @Test
  void get_dependsOnTheKey() {
    assertArrayEquals(order(100, 1), order(100, 1));
    assertFalse(Arrays.equals(order(100, 1), order(100, 2)));
  }

  @Test
  void get_scattersNeighbours() {
    // The distance of two random places among n is n/3 on average; 10,000 pairs find it within 2 %.
    int size = 10_000;
    long[] order = order(size, 3);
    double sum = 0;
    for (int i = 1; i < size; i++) {
      sum += Math.abs(order[i] - order[i - 1]);
    }
    assertEquals(size / 3.0, sum / (size - 1), size / 3.0 * 0.02);
  }

  @Test
  void get_knowsSizesBeyondAnArray() {
    long size = 3L << 32;
    Permutation order = Permutation.of(size, 5);
    LongStream.range(0, 1000)
        .map(order::get)
        .forEach(at -> assertEquals(true, at >= 0 && at < size));
  }

  @Test
  void get_outOfRange_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> Permutation.of(0, 1).get(0));
    assertThrows(IllegalArgumentException.class, () -> Permutation.of(5, 1).get(5));
  }

  private static long[] order(int size, long key) {
    Permutation order = Permutation.of(size, key);
    return LongStream.range(0, size).map(order::get).toArray();
  }
}
