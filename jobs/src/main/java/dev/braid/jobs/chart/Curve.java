package dev.braid.jobs.chart;

import java.util.ArrayList;
import java.util.List;

/**
 * A curve of as many points as come, in bounded memory: when there are too many, neighbours are
 * merged into one bucket, which keeps their mean and their extremes.
 */
public final class Curve {
  private static final int MAX_BUCKETS = 400;

  private final List<Bucket> buckets = new ArrayList<>();
  private int pointsPerBucket = 1;

  /**
   * Neighbouring points.
   *
   * @param count how many
   * @param x of the last one
   * @param mean of their y
   */
  public record Bucket(int count, double x, double mean, double min, double max) {
    /** The same points at another place. */
    public Bucket at(double place) {
      return new Bucket(count, place, mean, min, max);
    }

    Bucket and(Bucket next) {
      int both = count + next.count;
      return new Bucket(
          both,
          next.x,
          (mean * count + next.mean * next.count) / both,
          Math.min(min, next.min),
          Math.max(max, next.max));
    }
  }

  /** Appends a point; {@code x} must not fall, and what is not finite is left out. */
  public void add(double x, double y) {
    if (!Double.isFinite(y)) {
      return;
    }
    add(new Bucket(1, x, y, y, y));
  }

  /** Appends points that were merged before; their {@code x} must not fall. */
  public void add(Bucket point) {
    int last = buckets.size() - 1;
    if (last >= 0 && buckets.get(last).count < pointsPerBucket) {
      buckets.set(last, buckets.get(last).and(point));
      return;
    }
    buckets.add(point);
    if (buckets.size() > MAX_BUCKETS) {
      merge();
    }
  }

  /** The curve, from left to right. */
  public List<Bucket> buckets() {
    return List.copyOf(buckets);
  }

  /** Whether there is nothing to see: no point at all, or the same y everywhere. */
  boolean isFlat() {
    double min = buckets.stream().mapToDouble(Bucket::min).min().orElse(0);
    double max = buckets.stream().mapToDouble(Bucket::max).max().orElse(0);
    return min == max;
  }

  /** Whether points were merged, so that buckets have extremes. */
  boolean isThinned() {
    return pointsPerBucket > 1;
  }

  private void merge() {
    List<Bucket> pairs = new ArrayList<>();
    for (int i = 0; i < buckets.size(); i += 2) {
      boolean pair = i + 1 < buckets.size();
      pairs.add(pair ? buckets.get(i).and(buckets.get(i + 1)) : buckets.get(i));
    }
    buckets.clear();
    buckets.addAll(pairs);
    pointsPerBucket *= 2;
  }
}
