package dev.braid.worker.task.tagging;

import static dev.braid.worker.Check.require;
import static dev.braid.worker.function.Transcendental.exp;
import static dev.braid.worker.function.Transcendental.log;

import java.util.Arrays;

/**
 * A conditional random field over a chain of tags (Lafferty, McCallum, Pereira 2001). With x[t][k]
 * what a network says of tag k at word t, a sentence's tags y have the score
 *
 * <pre>
 *   start[y[0]] + sum over t of x[t][y[t]] + sum over t > 0 of transition[y[t-1]][y[t]] + end[y[T-1]]
 * </pre>
 *
 * and the probability exp(score) / Z, Z the sum over all tags that a sentence can have. The
 * parameters are [transition, row-major; start; end]. Transitions that are banned have probability
 * 0. Not for use by several threads: it keeps its working memory.
 */
final class LinearChain {
  /** A tag that is not known. */
  static final int ANY = -1;

  private final int numTags;
  private final boolean[][] banned;
  private double[] forward = {};
  private double[] backpointers = {};
  private final double[] marginals;
  private final double[] earlier;

  /**
   * @param banned [from][to] with one more place in each, the beginning in {@code from} and the end
   *     in {@code to}; null bans nothing
   */
  LinearChain(int numTags, boolean[][] banned) {
    this.numTags = numTags;
    this.banned = banned;
    this.marginals = new double[numTags];
    this.earlier = new double[numTags];
  }

  /** Parameters of a chain over so many tags. */
  static int numParams(int numTags) {
    return Math.addExact(Math.multiplyExact(numTags, numTags), 2 * numTags);
  }

  /**
   * -log of the probability of a sentence's tags; where some are {@link #ANY}, of all tags that
   * agree with the others.
   *
   * @param scores x, [steps x numTags] from its beginning on
   * @param tags of each of the steps
   * @param gradient receives dLoss/dx, [steps x numTags], overwritten
   * @param paramsGradient dLoss/dparams is added to it
   * @throws IllegalArgumentException if the tags are banned
   */
  double loss(
      double[] scores,
      int steps,
      int[] tags,
      double[] params,
      double[] gradient,
      double[] paramsGradient) {
    Arrays.fill(gradient, 0, steps * numTags, 0);
    double all = logSum(scores, steps, null, params);
    addExpectations(steps, 1, gradient, paramsGradient);
    double right = logSum(scores, steps, tags, params);
    require(
        right != Double.NEGATIVE_INFINITY,
        "the tags of a sentence are banned: %s",
        Arrays.toString(Arrays.copyOf(tags, steps)));
    addExpectations(steps, -1, gradient, paramsGradient);
    return all - right;
  }

  /**
   * log of the sum of exp(score) over all tags that agree with {@code tags}, by the forward
   * algorithm. Keeps for each tag at each word the probability of each tag before it.
   */
  private double logSum(double[] scores, int steps, int[] tags, double[] params) {
    forward = atLeast(forward, steps * numTags);
    backpointers = atLeast(backpointers, steps * numTags * numTags);
    int start = numTags * numTags;
    for (int k = 0; k < numTags; k++) {
      forward[k] =
          isOut(tags, 0, k) || isBanned(numTags, k)
              ? Double.NEGATIVE_INFINITY
              : params[start + k] + scores[k];
    }
    for (int t = 1; t < steps; t++) {
      for (int k = 0; k < numTags; k++) {
        int at = t * numTags + k;
        forward[at] =
            isOut(tags, t, k) ? Double.NEGATIVE_INFINITY : scores[at] + arrivals(t, k, params);
      }
    }
    for (int k = 0; k < numTags; k++) {
      marginals[k] =
          isBanned(k, numTags)
              ? Double.NEGATIVE_INFINITY
              : forward[(steps - 1) * numTags + k] + params[start + numTags + k];
    }
    return softmaxInPlace(marginals, 0, numTags);
  }

  /** log of the sum of exp(score) over all tags up to word {@code t - 1} that go on with k. */
  private double arrivals(int t, int k, double[] params) {
    int at = (t * numTags + k) * numTags;
    for (int i = 0; i < numTags; i++) {
      backpointers[at + i] =
          isBanned(i, k)
              ? Double.NEGATIVE_INFINITY
              : forward[(t - 1) * numTags + i] + params[i * numTags + k];
    }
    return softmaxInPlace(backpointers, at, numTags);
  }

  /** Turns numbers into the probabilities they stand for, and gives log of the sum of exp. */
  private static double softmaxInPlace(double[] values, int from, int count) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = from; i < from + count; i++) {
      max = Math.max(max, values[i]);
    }
    if (max == Double.NEGATIVE_INFINITY) {
      Arrays.fill(values, from, from + count, 0);
      return max;
    }
    double sum = 0;
    for (int i = from; i < from + count; i++) {
      values[i] = values[i] == Double.NEGATIVE_INFINITY ? 0 : exp(values[i] - max);
      sum += values[i];
    }
    for (int i = from; i < from + count; i++) {
      values[i] /= sum;
    }
    return max + log(sum);
  }

  /**
   * Adds the gradient of the last {@link #logSum}: how often each tag and each transition is
   * expected, from the last word backwards.
   */
  private void addExpectations(int steps, int sign, double[] gradient, double[] paramsGradient) {
    int start = numTags * numTags;
    for (int k = 0; k < numTags; k++) {
      paramsGradient[start + numTags + k] += sign * marginals[k];
    }
    for (int t = steps - 1; t > 0; t--) {
      Arrays.fill(earlier, 0);
      for (int k = 0; k < numTags; k++) {
        gradient[t * numTags + k] += sign * marginals[k];
        if (marginals[k] == 0) {
          continue;
        }
        int at = (t * numTags + k) * numTags;
        for (int i = 0; i < numTags; i++) {
          double pair = marginals[k] * backpointers[at + i];
          earlier[i] += pair;
          paramsGradient[i * numTags + k] += sign * pair;
        }
      }
      System.arraycopy(earlier, 0, marginals, 0, numTags);
    }
    for (int k = 0; k < numTags; k++) {
      gradient[k] += sign * marginals[k];
      paramsGradient[start + k] += sign * marginals[k];
    }
  }

  /**
   * The tags of the largest score (Viterbi 1967), of equal ones the first by their numbers from the
   * end.
   *
   * @param scores x, [steps x numTags] from its beginning on
   */
  int[] best(double[] scores, int steps, double[] params) {
    forward = atLeast(forward, steps * numTags);
    int start = numTags * numTags;
    int[] from = new int[steps * numTags];
    for (int t = 0; t < steps; t++) {
      for (int k = 0; k < numTags; k++) {
        int at = t * numTags + k;
        if (t == 0) {
          forward[at] = score(numTags, k, params[start + k]) + scores[at];
        } else {
          from[at] = bestBefore(t, k, params, k);
          forward[at] = before(t, from[at], k, params[from[at] * numTags + k]) + scores[at];
        }
      }
    }
    int[] tags = new int[steps];
    tags[steps - 1] = bestBefore(steps, numTags, params, start + numTags);
    for (int t = steps - 1; t > 0; t--) {
      tags[t - 1] = from[t * numTags + tags[t]];
    }
    return tags;
  }

  private double score(int i, int k, double param) {
    return isBanned(i, k) ? Double.NEGATIVE_INFINITY : param;
  }

  private double before(int t, int i, int k, double param) {
    return forward[(t - 1) * numTags + i] + score(i, k, param);
  }

  /** The best tag at word {@code t - 1} where {@code k}, or the end, comes next. */
  private int bestBefore(int t, int k, double[] params, int at) {
    int stride = k == numTags ? 1 : numTags;
    int best = 0;
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < numTags; i++) {
      double score = before(t, i, k, params[at + i * stride]);
      if (score > most) {
        most = score;
        best = i;
      }
    }
    return best;
  }

  private static boolean isOut(int[] tags, int t, int k) {
    return tags != null && tags[t] != ANY && tags[t] != k;
  }

  private boolean isBanned(int from, int to) {
    return banned != null && banned[from][to];
  }

  private static double[] atLeast(double[] array, int size) {
    return array.length >= size ? array : new double[size + size / 2];
  }
}
