package dev.braid.worker.embedding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SpearmanTest {
  @Test
  void ranks_ofTies_areTheirMean() {
    assertArrayEquals(new double[] {4, 1.5, 1.5, 3}, Spearman.ranks(new double[] {9, 2, 2, 5}), 0);
  }

  @Test
  void correlation_ofAnyRisingFunction_isOne() {
    double[] a = {0.1, 0.7, 0.3, 12};
    assertEquals(1, Spearman.correlation(a, new double[] {1, 49, 9, 1e6}), 1e-12);
    assertEquals(-1, Spearman.correlation(a, new double[] {0, -7, -3, -120}), 1e-12);
  }

  /** Ranks 1, 2.5, 2.5, 4 and 1, 3, 2, 4: covariance sum 4.5, variance sums 4.5 and 5. */
  @Test
  void correlation_withTies_byHand() {
    double[] a = {1, 2, 2, 3};
    double[] b = {10, 30, 20, 40};
    assertEquals(4.5 / Math.sqrt(4.5 * 5), Spearman.correlation(a, b), 1e-12);
  }
}
