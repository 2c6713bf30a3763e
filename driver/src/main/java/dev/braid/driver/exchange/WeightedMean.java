package dev.braid.driver.exchange;

import static dev.braid.worker.Check.require;

import dev.braid.driver.wire.Chunk;
import dev.braid.worker.state.Segment;
import dev.braid.worker.state.State;
import dev.braid.worker.state.StateLayout;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * The mean of the workers' states, each counted by the examples it was trained on: sum(s_w x_w)
 * with the shares s_w = n_w / sum(n_w), summed in worker order in double precision, so that the
 * result does not depend on who was ready first, nor on who sums which chunk. One worker alone
 * gives its own bits back.
 */
public final class WeightedMean {
  /** Floats summed at a time: the sums stay in the processor's first cache. */
  private static final int STRETCH = 2048;

  /** Floats that one of the driver's cores averages at a time. */
  private static final int CHUNK_SIZE = 1 << 16;

  private WeightedMean() {}

  /**
   * Overwrites {@code target} with the weighted mean of the states, on all of the driver's cores.
   *
   * <p>Parameters and slots are averaged element by element. Running variances become the variance
   * of the pooled workers, mean of variances plus variance of means.
   *
   * @param states one per worker, in worker order
   * @param weights examples each was trained on, not negative, not all zero
   */
  public static void write(List<State> states, long[] weights, StateLayout layout, State target) {
    require(
        states.size() == weights.length, "%d states, %d weights", states.size(), weights.length);
    Chunk.of(target, CHUNK_SIZE).parallelStream()
        .forEach(
            chunk -> {
              float[][] values = states.stream().map(chunk::array).toArray(float[][]::new);
              ChunkVersions versions = new ChunkVersions(chunk, values, chunk.at(), weights);
              write(versions, layout, chunk.array(target), chunk.at());
            });
  }

  /**
   * Overwrites one chunk's floats of {@code target} with their weighted mean.
   *
   * @param target may be one of the versions
   */
  static void write(ChunkVersions versions, StateLayout layout, float[] target, int targetAt) {
    require(versions.total() > 0, "no worker has trained on any example");
    if (versions.chunk().vector() != Chunk.STATISTICS) {
      mean(versions, target, targetAt);
      return;
    }
    float[] variances = pooledVariances(versions, layout);
    mean(versions, target, targetAt);
    for (Segment segment : layout.statistics()) {
      if (isSpread(segment)) {
        int from = (int) segment.offset();
        System.arraycopy(variances, from, target, targetAt + from, (int) segment.size());
      }
    }
  }

  private static void mean(ChunkVersions versions, float[] target, int targetAt) {
    int[] trained = versions.trained();
    int length = versions.chunk().length();
    float[][] x =
        Arrays.stream(trained).mapToObj(w -> versions.values()[w]).toArray(float[][]::new);
    if (trained.length == 1) {
      System.arraycopy(x[0], versions.at(), target, targetAt, length);
      return;
    }
    double total = versions.total();
    double[] shares =
        Arrays.stream(trained).mapToDouble(w -> versions.weights()[w] / total).toArray();
    int last = trained.length - 1;
    double[] sums = new double[STRETCH];
    for (int from = 0; from < length; from += STRETCH) {
      int n = Math.min(STRETCH, length - from);
      int begin = versions.at() + from;
      if (last == 1) {
        meanOfTwo(x, shares, begin, target, targetAt + from, n);
      } else {
        begin(sums, x, shares, begin, n);
        for (int w = 2; w < last; w++) {
          addInPlace(sums, x[w], shares[w], begin, n);
        }
        end(sums, x[last], shares[last], begin, target, targetAt + from, n);
      }
    }
  }

  /** What {@link #begin} and {@link #end} come to for two workers, without sums in memory. */
  private static void meanOfTwo(
      float[][] x, double[] shares, int from, float[] target, int at, int n) {
    float[] a = x[0];
    float[] b = x[1];
    double shareA = shares[0];
    double shareB = shares[1];
    for (int i = 0; i < n; i++) {
      target[at + i] = (float) (shareA * a[from + i] + shareB * b[from + i]);
    }
  }

  /** The sums over the first two workers. */
  private static void begin(double[] sums, float[][] x, double[] shares, int from, int n) {
    float[] a = x[0];
    float[] b = x[1];
    double shareA = shares[0];
    double shareB = shares[1];
    for (int i = 0; i < n; i++) {
      sums[i] = shareA * a[from + i] + shareB * b[from + i];
    }
  }

  private static void addInPlace(double[] sums, float[] x, double share, int from, int n) {
    for (int i = 0; i < n; i++) {
      sums[i] += share * x[from + i];
    }
  }

  private static void end(
      double[] sums, float[] x, double share, int from, float[] target, int at, int n) {
    for (int i = 0; i < n; i++) {
      target[at + i] = (float) (sums[i] + share * x[from + i]);
    }
  }

  /** The mean that belongs to a variance is the segment just before it, of the same size. */
  private static float[] pooledVariances(ChunkVersions versions, StateLayout layout) {
    float[] pooled = new float[versions.chunk().length()];
    for (Segment segment : layout.statistics()) {
      if (isSpread(segment)) {
        int size = (int) segment.size();
        for (int i = (int) segment.offset(); i < segment.offset() + size; i++) {
          int at = versions.at() + i;
          pooled[i] =
              segment.role() == Segment.Role.VARIANCE
                  ? (float) pooledVariance(versions, at, at - size, v -> v)
                  : pooledLogDeviation(versions, at, at - size);
        }
      }
    }
    return pooled;
  }

  private static boolean isSpread(Segment segment) {
    return segment.role() == Segment.Role.VARIANCE || segment.role() == Segment.Role.LOG_DEVIATION;
  }

  private static float pooledLogDeviation(ChunkVersions versions, int at, int meanAt) {
    int[] trained = versions.trained();
    if (trained.length == 1) {
      return versions.values()[trained[0]][at]; // its own bits, which a change of scale might lose
    }
    double variance = pooledVariance(versions, at, meanAt, v -> StrictMath.pow(10, 2 * v));
    return (float) (StrictMath.log10(variance) / 2);
  }

  /**
   * @param variance of what is written at {@code at}
   */
  private static double pooledVariance(
      ChunkVersions versions, int at, int meanAt, DoubleUnaryOperator variance) {
    float[][] values = versions.values();
    long[] weights = versions.weights();
    long total = versions.total();
    double mean = 0;
    double variances = 0;
    for (int w = 0; w < weights.length; w++) {
      mean += (double) weights[w] * values[w][meanAt];
      variances += (double) weights[w] * variance.applyAsDouble(values[w][at]);
    }
    mean /= total;
    double squares = 0;
    for (int w = 0; w < weights.length; w++) {
      double difference = values[w][meanAt] - mean;
      squares += weights[w] * difference * difference;
    }
    return (variances + squares) / total;
  }

  /**
   * Adds to the floats of {@code target} the workers' mean change. What cancels to no more than the
   * rounding of the two numbers is zero: a number that is never negative does not become so.
   *
   * @param changes one per float of the chunk
   */
  public static void addInPlace(Chunk chunk, float[] changes, State target) {
    float[] values = chunk.array(target);
    for (int i = 0; i < changes.length; i++) {
      float before = values[chunk.at() + i];
      float after = before + changes[i];
      boolean cancelled = Math.abs(after) <= Math.abs(before) * 0x1p-22f;
      values[chunk.at() + i] = cancelled ? 0 : after;
    }
  }
}
