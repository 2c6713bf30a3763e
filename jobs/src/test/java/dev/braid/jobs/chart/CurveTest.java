package dev.braid.jobs.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.jobs.chart.Curve.Bucket;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CurveTest {
  @Test
  void add_fewPoints_keepsThemAll() {
    Curve curve = new Curve();
    curve.add(1, 5);
    curve.add(2, Double.NaN);
    curve.add(3, 7);
    assertEquals(List.of(new Bucket(1, 1, 5, 5, 5), new Bucket(1, 3, 7, 7, 7)), curve.buckets());
    assertFalse(curve.isThinned());
  }

  @Test
  void add_manyPoints_staysBoundedAndKeepsMeanAndExtremes() {
    Curve curve = new Curve();
    IntStream.range(0, 100_000).forEach(i -> curve.add(i, i % 10 == 0 ? 100 : 1));
    assertTrue(curve.isThinned());
    assertTrue(curve.buckets().size() <= 400, "buckets: " + curve.buckets().size());
    assertEquals(100_000, curve.buckets().stream().mapToInt(Bucket::count).sum());
    assertEquals(99_999, curve.buckets().get(curve.buckets().size() - 1).x());
    double mean = curve.buckets().stream().mapToDouble(b -> b.mean() * b.count()).sum() / 100_000;
    assertEquals(10.9, mean, 1e-9);
    assertTrue(curve.buckets().stream().allMatch(b -> b.min() == 1 && b.max() == 100));
  }
}
