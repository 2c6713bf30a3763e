package dev.braid.driver.exchange;

import dev.braid.driver.wire.Chunk;
import java.util.Arrays;

/**
 * How well the workers of a round agree, from the products of their changes (Gram matrix): summed
 * stretch by stretch in a fixed order, so that it comes out the same to the bit whoever sums which
 * chunk.
 */
public final class WorkerDivergence {
  /** Floats whose products are summed at a time; chunks are multiples of it. */
  private static final int STRETCH = 1 << 14;

  /** Above so many workers only a sample of the stretches counts: all pairs would cost too much. */
  private static final int MANY_WORKERS = 16;

  private final int workers;
  private final double[] sums;

  /**
   * @param workers of the round
   */
  public WorkerDivergence(int workers) {
    this.workers = workers;
    this.sums = new double[numSums(workers)];
  }

  /**
   * The sums of a chunk of parameters, stretch after stretch: the products of the workers' changes,
   * each pair once, and the squared length of their mean.
   *
   * @param before the state the workers began with
   * @param mean the weighted mean of the versions
   */
  static double[] sums(ChunkVersions versions, float[] before, int beforeAt, float[] mean) {
    Chunk chunk = versions.chunk();
    float[][] values = versions.values();
    int numSums = numSums(values.length);
    int stride = stride(values.length);
    double[] all = new double[numSums * ((chunk.length() + STRETCH - 1) / STRETCH)];
    double[][] changes = new double[values.length][STRETCH];
    int done = 0;
    for (int from = 0; from < chunk.length(); from += STRETCH) {
      if ((chunk.from() + from) / STRETCH % stride == 0) {
        int n = Math.min(STRETCH, chunk.length() - from);
        for (int w = 0; w < values.length; w++) {
          subtract(values[w], versions.at() + from, before, beforeAt + from, n, changes[w]);
        }
        products(changes, n, all, done);
        all[done + numSums - 1] = squaredLength(mean, from, n);
        done += numSums;
      }
    }
    return Arrays.copyOf(all, done);
  }

  /** Adds the sums of a chunk; chunks must come in their order. */
  public void add(double[] chunkSums) {
    for (int i = 0; i < chunkSums.length; i++) {
      sums[i % sums.length] += chunkSums[i];
    }
  }

  /**
   * How far the workers have drifted apart: the root of the weighted mean squared distance of their
   * parameters from the mean, relative to the mean's length. 0 when all agree.
   *
   * @param weights examples each worker was trained on
   */
  public double spread(long[] weights) {
    double total = Arrays.stream(weights).sum();
    double meanSquare = 0;
    double squareOfMean = 0;
    for (int v = 0; v < workers; v++) {
      meanSquare += weights[v] / total * product(v, v);
      for (int w = 0; w < workers; w++) {
        squareOfMean += weights[v] / total * (weights[w] / total) * product(v, w);
      }
    }
    double squaredLength = sums[sums.length - 1];
    double squaredDistance = Math.max(0, meanSquare - squareOfMean);
    return squaredLength == 0 ? 0 : Math.sqrt(squaredDistance / squaredLength);
  }

  /**
   * The mean over all pairs of workers of the cosine between their changes: 1 when all go the same
   * way, 0 when each goes its own; 1 for a worker alone.
   */
  public double cosine() {
    double sum = 0;
    int pairs = 0;
    for (int v = 0; v < workers; v++) {
      for (int w = v + 1; w < workers; w++) {
        double lengths = Math.sqrt(product(v, v)) * Math.sqrt(product(w, w));
        if (lengths > 0) {
          sum += product(v, w) / lengths;
          pairs++;
        }
      }
    }
    return pairs == 0 ? 1 : sum / pairs;
  }

  private double product(int v, int w) {
    int low = Math.min(v, w);
    int high = Math.max(v, w);
    return sums[low * workers - low * (low - 1) / 2 + high - low];
  }

  private static int numSums(int workers) {
    return workers * (workers + 1) / 2 + 1;
  }

  private static int stride(int workers) {
    int times = (workers + MANY_WORKERS - 1) / MANY_WORKERS;
    return times * times;
  }

  private static void subtract(
      float[] values, int at, float[] before, int beforeAt, int length, double[] target) {
    for (int i = 0; i < length; i++) {
      target[i] = (double) values[at + i] - before[beforeAt + i];
    }
  }

  private static void products(double[][] changes, int length, double[] target, int at) {
    int next = at;
    for (int v = 0; v < changes.length; v++) {
      for (int w = v; w < changes.length; w++) {
        target[next++] = product(changes[v], changes[w], length);
      }
    }
  }

  /** Four running sums, so that the processor need not wait for one addition before the next. */
  private static double product(double[] a, double[] b, int length) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 3 < length; i += 4) {
      s0 += a[i] * b[i];
      s1 += a[i + 1] * b[i + 1];
      s2 += a[i + 2] * b[i + 2];
      s3 += a[i + 3] * b[i + 3];
    }
    for (; i < length; i++) {
      s0 += a[i] * b[i];
    }
    return (s0 + s1) + (s2 + s3);
  }

  private static double squaredLength(float[] values, int at, int length) {
    double s0 = 0;
    double s1 = 0;
    int i = 0;
    for (; i + 1 < length; i += 2) {
      s0 += (double) values[at + i] * values[at + i];
      s1 += (double) values[at + i + 1] * values[at + i + 1];
    }
    if (i < length) {
      s0 += (double) values[at + i] * values[at + i];
    }
    return s0 + s1;
  }
}
