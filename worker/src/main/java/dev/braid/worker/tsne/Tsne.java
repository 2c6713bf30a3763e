package dev.braid.worker.tsne;

import static dev.braid.worker.Check.require;

import dev.braid.worker.random.SplitMix;
import java.util.Arrays;

/**
 * Exact t-SNE (van der Maaten and Hinton 2008, "Visualizing Data using t-SNE"): places vectors in
 * the plane so that those near by the cosine stay near. Takes n^2 time per step and 4 n^2 bytes: a
 * few thousand vectors. One thread, the same picture for the same seed.
 *
 * @param perplexity about how many neighbours each vector keeps
 * @param steps of gradient descent
 * @param seed of the places at which the vectors start
 */
public record Tsne(double perplexity, int steps, long seed) {
  /** The most vectors that are placed. */
  public static final int MAX_VECTORS = 10_000;

  private static final double EXAGGERATION = 12;
  private static final int EXAGGERATED_STEPS = 250;
  private static final double MIN_GAIN = 0.01;
  private static final int SEARCH_STEPS = 50;
  private static final double SMALLEST_SHARE = 1e-12;

  public Tsne {
    require(
        perplexity >= 1 && Double.isFinite(perplexity),
        "perplexity must be at least 1, got %s",
        perplexity);
    require(steps >= 1, "steps must be at least 1, got %d", steps);
  }

  /**
   * Places.
   *
   * @param x [n]
   * @param y [n]
   * @param divergence Kullback and Leibler's, between the neighbourhoods of the vectors and those
   *     of the places: the least is best
   */
  @SuppressWarnings("ArrayRecordComponent") // read only
  public record Layout(double[] x, double[] y, double divergence) {}

  /**
   * Places vectors.
   *
   * @param vectors [n, dimension], none of them changed
   * @throws IllegalArgumentException if the perplexity asks for more neighbours than there are
   */
  public Layout layout(float[] vectors, int dimension) {
    int n = vectors.length / dimension;
    require(n <= MAX_VECTORS, "%d vectors, but only %d can be placed", n, MAX_VECTORS);
    require(
        n >= 3 * perplexity,
        "%d vectors are too few for perplexity %s; set it to %d or less",
        n,
        perplexity,
        n / 3);
    float[] shares = shares(vectors, dimension, n);
    double[][] places = start(n);
    Descent descent = new Descent(shares, places);
    for (int step = 0; step < steps; step++) {
      boolean early = step < Math.min(EXAGGERATED_STEPS, steps / 2);
      descent.step(early ? EXAGGERATION : 1, early ? 0.5 : 0.8);
    }
    return new Layout(places[0], places[1], descent.divergence());
  }

  private double[][] start(int n) {
    SplitMix random = SplitMix.stream(SplitMix.key(seed, n));
    double[][] places = new double[2][n];
    for (int i = 0; i < n; i++) {
      places[0][i] = 1e-4 * random.nextGaussian();
      places[1][i] = 1e-4 * random.nextGaussian();
    }
    return places;
  }

  /** How near each two are among all pairs, p_ij: for every i the j above it, row by row. */
  private float[] shares(float[] vectors, int dimension, int n) {
    float[] distances = distances(vectors, dimension, n);
    double[] sums = new double[n * (n - 1) / 2];
    double[] row = new double[n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        row[j] = i == j ? 0 : distances[pair(i, j, n)];
      }
      double[] nearness = nearness(row, i);
      for (int j = 0; j < n; j++) {
        if (j != i) {
          sums[pair(i, j, n)] += nearness[j];
        }
      }
    }
    float[] shares = new float[sums.length];
    for (int k = 0; k < sums.length; k++) {
      shares[k] = (float) Math.max(sums[k] / (2 * n), SMALLEST_SHARE);
    }
    return shares;
  }

  /** Squared distances of the vectors brought to length one. */
  private static float[] distances(float[] vectors, int dimension, int n) {
    float[] units = vectors.clone();
    for (int i = 0; i < n; i++) {
      double square = 0;
      for (int d = i * dimension; d < (i + 1) * dimension; d++) {
        square += (double) units[d] * units[d];
      }
      for (int d = i * dimension; d < (i + 1) * dimension && square > 0; d++) {
        units[d] /= (float) Math.sqrt(square);
      }
    }
    float[] distances = new float[n * (n - 1) / 2];
    int at = 0;
    for (int i = 0; i < n; i++) {
      for (int j = i + 1; j < n; j++) {
        double square = 0;
        for (int d = 0; d < dimension; d++) {
          double difference = units[i * dimension + d] - units[j * dimension + d];
          square += difference * difference;
        }
        distances[at++] = (float) square;
      }
    }
    return distances;
  }

  private static int pair(int i, int j, int n) {
    int low = Math.min(i, j);
    return low * (2 * n - low - 1) / 2 + Math.max(i, j) - low - 1;
  }

  /** Shares of all others among i's neighbours, of the width that gives the perplexity. */
  private double[] nearness(double[] distances, int i) {
    double low = 0;
    double high = Double.POSITIVE_INFINITY;
    double beta = 1;
    double[] nearness = new double[distances.length];
    double nearest = Double.POSITIVE_INFINITY;
    for (int j = 0; j < distances.length; j++) {
      nearest = j == i ? nearest : Math.min(nearest, distances[j]);
    }
    for (int search = 0; search < SEARCH_STEPS; search++) {
      double sum = 0;
      double weighted = 0;
      for (int j = 0; j < distances.length; j++) {
        double distance = distances[j] - nearest;
        nearness[j] = j == i ? 0 : StrictMath.exp(-beta * distance);
        sum += nearness[j];
        weighted += distance * nearness[j];
      }
      double entropy = StrictMath.log(sum) + beta * weighted / sum;
      for (int j = 0; j < nearness.length; j++) {
        nearness[j] /= sum;
      }
      double tooWide = entropy - StrictMath.log(perplexity);
      if (Math.abs(tooWide) < 1e-5) {
        break;
      }
      if (tooWide > 0) {
        low = beta;
        beta = high == Double.POSITIVE_INFINITY ? 2 * beta : (beta + high) / 2;
      } else {
        high = beta;
        beta = (beta + low) / 2;
      }
    }
    return nearness;
  }

  /** Gradient descent with momentum and gains (Jacobs 1988), as in the authors' code. */
  private static final class Descent {
    private final float[] shares;
    private final double[][] places;
    private final int n;
    private final double rate;
    private final double[][] changes;
    private final double[][] gains;
    private final double[][] gradient;
    private final float[] nearness;

    Descent(float[] shares, double[][] places) {
      this.shares = shares;
      this.places = places;
      n = places[0].length;
      // Belkina et al. 2019: n / exaggeration, the factor 4 of the gradient taken out.
      rate = Math.max(n / EXAGGERATION / 4, 50);
      changes = new double[2][n];
      gains = new double[2][n];
      gradient = new double[2][n];
      nearness = new float[shares.length];
      Arrays.stream(gains).forEach(axis -> Arrays.fill(axis, 1));
    }

    void step(double exaggeration, double momentum) {
      computeGradient(exaggeration);
      for (int axis = 0; axis < 2; axis++) {
        double mean = 0;
        for (int i = 0; i < n; i++) {
          boolean turned = gradient[axis][i] > 0 == changes[axis][i] > 0;
          double gain = turned ? gains[axis][i] * 0.8 : gains[axis][i] + 0.2;
          gains[axis][i] = Math.max(gain, MIN_GAIN);
          changes[axis][i] =
              momentum * changes[axis][i] - rate * gains[axis][i] * gradient[axis][i];
          places[axis][i] += changes[axis][i];
          mean += places[axis][i] / n;
        }
        for (int i = 0; i < n; i++) {
          places[axis][i] -= mean;
        }
      }
    }

    private void computeGradient(double exaggeration) {
      double total = computeNearness();
      double[] x = places[0];
      double[] y = places[1];
      Arrays.stream(gradient).forEach(axis -> Arrays.fill(axis, 0));
      int at = 0;
      for (int i = 0; i < n; i++) {
        double sumX = 0;
        double sumY = 0;
        for (int j = i + 1; j < n; j++, at++) {
          double q = nearness[at];
          double pull = 4 * (exaggeration * shares[at] - q / total) * q;
          double pullX = pull * (x[i] - x[j]);
          double pullY = pull * (y[i] - y[j]);
          sumX += pullX;
          sumY += pullY;
          gradient[0][j] -= pullX;
          gradient[1][j] -= pullY;
        }
        gradient[0][i] += sumX;
        gradient[1][i] += sumY;
      }
    }

    /** 1 / (1 + squared distance) of each pair; returns the sum over both orders. */
    private double computeNearness() {
      double[] x = places[0];
      double[] y = places[1];
      double total = 0;
      int at = 0;
      for (int i = 0; i < n; i++) {
        double sum = 0;
        for (int j = i + 1; j < n; j++) {
          double dx = x[i] - x[j];
          double dy = y[i] - y[j];
          double q = 1 / (1 + dx * dx + dy * dy);
          nearness[at++] = (float) q;
          sum += q;
        }
        total += sum;
      }
      return 2 * total;
    }

    double divergence() {
      double total = computeNearness();
      double divergence = 0;
      for (int k = 0; k < shares.length; k++) {
        double q = Math.max(nearness[k] / total, SMALLEST_SHARE);
        divergence += 2 * shares[k] * StrictMath.log(shares[k] / q);
      }
      return divergence;
    }
  }
}
