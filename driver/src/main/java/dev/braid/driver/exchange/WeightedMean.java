package dev.braid.driver.exchange;

import static dev.braid.worker.Check.require;

import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.Segment;
import dev.braid.worker.state.State;
import dev.braid.worker.state.StateLayout;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * The mean of the workers' states, each counted by the examples it was trained on: sum(n_w x_w) /
 * sum(n_w), summed in worker order in double precision, so that the result does not depend on who
 * was ready first. One worker alone gives its own bits back.
 */
public final class WeightedMean {
  /** Floats summed at a time: the sums stay in the processor's first cache. */
  private static final int CHUNK = 2048;

  private WeightedMean() {}

  /**
   * Overwrites {@code target} with the weighted mean of the states.
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
    long total = Arrays.stream(weights).sum();
    require(total > 0, "no worker has trained on any example");
    mean(states, weights, total, State::params, target.params());
    for (int slot = 0; slot < target.slots().size(); slot++) {
      int s = slot;
      mean(states, weights, total, state -> state.slots().get(s), target.slots().get(s));
    }
    mean(states, weights, total, State::statistics, target.statistics());
    for (Segment segment : layout.statistics()) {
      if (segment.role() == Segment.Role.VARIANCE) {
        poolVariance(states, weights, total, segment, target.statistics());
      }
    }
  }

  private static void mean(
      List<State> states,
      long[] weights,
      long total,
      Function<State, Blocks> vector,
      Blocks target) {
    double[] sums = new double[CHUNK];
    for (int b = 0; b < target.count(); b++) {
      float[] out = target.block(b);
      for (int from = 0; from < out.length; from += CHUNK) {
        int length = Math.min(CHUNK, out.length - from);
        Arrays.fill(sums, 0);
        for (int w = 0; w < weights.length; w++) {
          if (weights[w] > 0) {
            addInPlace(
                sums, vector.apply(states.get(w)).block(b), from, length, (double) weights[w]);
          }
        }
        for (int i = 0; i < length; i++) {
          out[from + i] = (float) (sums[i] / total);
        }
      }
    }
  }

  private static void addInPlace(
      double[] sums, float[] values, int from, int length, double weight) {
    for (int i = 0; i < length; i++) {
      sums[i] += weight * values[from + i];
    }
  }

  /** The mean that belongs to a variance is the segment just before it, of the same size. */
  private static void poolVariance(
      List<State> states, long[] weights, long total, Segment variance, Blocks target) {
    for (long i = 0; i < variance.size(); i++) {
      long at = variance.offset() + i;
      long meanAt = at - variance.size();
      double mean = 0;
      double variances = 0;
      for (int w = 0; w < weights.length; w++) {
        mean += (double) weights[w] * states.get(w).statistics().get(meanAt);
        variances += (double) weights[w] * states.get(w).statistics().get(at);
      }
      mean /= total;
      double squares = 0;
      for (int w = 0; w < weights.length; w++) {
        double difference = states.get(w).statistics().get(meanAt) - mean;
        squares += weights[w] * difference * difference;
      }
      target.set(at, (float) ((variances + squares) / total));
    }
  }

  /**
   * How far the workers have drifted apart: the root of the weighted mean squared distance of their
   * parameters from the mean, relative to the mean's length. 0 when all agree.
   *
   * @param mean the weighted mean of the states' parameters
   */
  public static double spread(List<State> states, long[] weights, Blocks mean) {
    double total = 0;
    double squares = 0;
    for (int w = 0; w < weights.length; w++) {
      total += weights[w];
      if (weights[w] > 0) {
        squares += weights[w] * squaredDistance(states.get(w).params(), mean);
      }
    }
    double length = Math.sqrt(squaredLength(mean));
    return length == 0 ? 0 : Math.sqrt(squares / total) / length;
  }

  private static double squaredDistance(Blocks a, Blocks b) {
    double sum = 0;
    for (int i = 0; i < a.count(); i++) {
      sum += squaredDistance(a.block(i), b.block(i));
    }
    return sum;
  }

  private static double squaredLength(Blocks a) {
    double sum = 0;
    for (int i = 0; i < a.count(); i++) {
      for (float x : a.block(i)) {
        sum += (double) x * x;
      }
    }
    return sum;
  }

  /** Four running sums, so that the processor need not wait for one addition before the next. */
  private static double squaredDistance(float[] a, float[] b) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 3 < a.length; i += 4) {
      double d0 = a[i] - b[i];
      double d1 = a[i + 1] - b[i + 1];
      double d2 = a[i + 2] - b[i + 2];
      double d3 = a[i + 3] - b[i + 3];
      s0 += d0 * d0;
      s1 += d1 * d1;
      s2 += d2 * d2;
      s3 += d3 * d3;
    }
    for (; i < a.length; i++) {
      double d = a[i] - b[i];
      s0 += d * d;
    }
    return (s0 + s1) + (s2 + s3);
  }
}
