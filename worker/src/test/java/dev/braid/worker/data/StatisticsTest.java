package dev.braid.worker.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class StatisticsTest {
  private static Statistics of(int width, float... values) {
    return Statistics.of(Column.ofFloats(width, values));
  }

  @Test
  void standardise_usesMeanAndVarianceOfEachFeature() {
    // First feature 1, 3: mean 2, variance 1. Second 0, 8: mean 4, variance 16.
    Normaliser normaliser = of(2, 1, 0, 3, 8).standardise(1);
    assertArrayEquals(new float[] {2, 4}, normaliser.shift());
    assertArrayEquals(new float[] {1, 0.25f}, normaliser.scale());
  }

  @Test
  void mergeInPlace_ofUnequalParts_equalsTheWhole() {
    Statistics parts = Statistics.none(1);
    parts.mergeInPlace(of(1, 1));
    parts.mergeInPlace(Statistics.none(1));
    parts.mergeInPlace(Statistics.ofArray(of(1, 5, 6, 100).toArray()));
    Normaliser merged = parts.standardise(1);
    Normaliser whole = of(1, 1, 5, 6, 100).standardise(1);
    assertEquals(whole.shift()[0], merged.shift()[0], 1e-6);
    assertEquals(whole.scale()[0], merged.scale()[0], 1e-8);
  }

  @Test
  void constantFeature_becomesZero_withoutDivisionByZero() {
    float odd = 0.1f;
    Statistics parts = of(2, odd, 1, odd, 2, odd, 3);
    parts.mergeInPlace(of(2, odd, 5));
    for (Normaliser normaliser : new Normaliser[] {parts.standardise(1), parts.toUnitRange(1)}) {
      float[] row = {odd, 2};
      normaliser.applyInPlace(row, 0, 2);
      assertEquals(0, row[0]);
      assertEquals(1, normaliser.scale()[0]);
    }
  }

  @Test
  void toUnitRange_bringsSmallestToZero_andLargestToOne() {
    Normaliser normaliser = of(1, -4, 0, 4).toUnitRange(1);
    float[] values = {-4, 0, 4};
    normaliser.applyInPlace(values, 0, 3);
    assertArrayEquals(new float[] {0, 0.5f, 1}, values);
  }

  @Test
  void missingNumbers_areNotCounted() {
    float nan = Float.NaN;
    Statistics parts = of(3, 1, nan, nan, 3, 8, nan);
    parts.mergeInPlace(of(3, nan, 10, nan));
    assertArrayEquals(new float[] {2, 9, 0}, parts.standardise(1).shift());
    assertArrayEquals(new float[] {1, 8, 0}, parts.toUnitRange(1).shift());
    assertArrayEquals(new float[] {0.5f, 0.5f, 1}, parts.toUnitRange(1).scale());
  }

  @Test
  void grouped_takesChannelsTogether() {
    // Two channels of two pixels; two images.
    Statistics statistics = of(4, 1, 3, 10, 10, 1, 3, 30, 30).grouped(2, 2);
    Normaliser normaliser = statistics.standardise(2);
    assertArrayEquals(new float[] {2, 20}, normaliser.shift());
    assertArrayEquals(new float[] {1, 0.1f}, normaliser.scale());
  }

  @Test
  void sequences_countTheirSteps_andNoPadding() {
    Statistics steps = Statistics.of(Column.ofSequences(2, new float[][] {{1, 0, 3, 8}, {2, 4}}));
    assertArrayEquals(new float[] {2, 4}, steps.standardise(1).shift());
    assertArrayEquals(new float[] {1, 0}, steps.toUnitRange(1).shift());
  }
}
