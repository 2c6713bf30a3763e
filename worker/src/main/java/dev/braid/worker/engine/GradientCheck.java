package dev.braid.worker.engine;

import static dev.braid.worker.Check.require;

import dev.braid.worker.random.RandomStream;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.state.Segment;
import dev.braid.worker.state.StateLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Compares a gradient with two-sided finite differences: for each tensor the error is |a - n| /
 * (|a| + |n|), with a the gradient, n its estimate and Euclidean norms over the parameters looked
 * at.
 *
 * <p>A derivative is estimated by extrapolating the differences over h and h/4 to 0 (Richardson
 * 1911), at steps from 0.001 down to 0.000001 until two estimates agree. Where none do, the loss
 * has a kink (of a relu, a maximum, an absolute value) within the smallest step: such a parameter
 * is left out and counted as unresolved. So that no unit sits on a kink from the start, as one with
 * bias 0 and input 0 does, all parameters are first moved by a little noise.
 *
 * @param tolerance largest error that passes, usually 1e-7
 * @param samplesPerTensor how many parameters of each tensor to look at: all if it has fewer, else
 *     half of them drawn from all, half from those whose gradient is not 0
 * @param seed source of the noise and of the samples
 */
public record GradientCheck(double tolerance, int samplesPerTensor, long seed) {
  private static final double LARGEST_STEP = 1e-3;
  private static final double SMALLEST_STEP = 0.9e-6;
  private static final double NOISE = 0.02;

  /** Parameters to look at in a network of many tensors; each takes six losses or more. */
  private static final int SAMPLES = 400;

  private static final int FEWEST_PER_TENSOR = 4;
  private static final int MOST_PER_TENSOR = 24;

  public GradientCheck {
    require(tolerance > 0, "tolerance must be above 0, got %s", tolerance);
    require(samplesPerTensor > 0, "samplesPerTensor must be at least 1, got %d", samplesPerTensor);
  }

  /**
   * A check of a network whose number of samples depends on how many tensors there are: it takes
   * the time of about 3000 forward passes.
   */
  public static GradientCheck of(StateLayout layout, double tolerance, long seed) {
    int share = SAMPLES / layout.params().size();
    int samples = Math.max(FEWEST_PER_TENSOR, Math.min(MOST_PER_TENSOR, share));
    return new GradientCheck(tolerance, samples, seed);
  }

  /**
   * How one tensor came out.
   *
   * @param name {@code layer.tensor}
   * @param size number of its parameters
   * @param checked how many were compared
   * @param unresolved how many were looked at but lie next to a kink
   * @param error |a - n| / (|a| + |n|) over those compared, 0 where both are 0 as far as finite
   *     differences in double precision can tell
   * @param passed whether the error is at most the tolerance, or the difference smaller than can be
   *     told; and at least half of the parameters looked at could be compared
   */
  public record Tensor(
      String name, long size, int checked, int unresolved, double error, boolean passed) {}

  /**
   * How a whole network came out.
   *
   * @param loss at the parameters checked
   * @param tolerance largest error that passes
   * @param tensors in the layout's order
   */
  public record Report(double loss, double tolerance, List<Tensor> tensors) {
    public Report {
      tensors = List.copyOf(tensors);
    }

    /** Whether all tensors passed. */
    public boolean passed() {
      return tensors.stream().allMatch(Tensor::passed);
    }

    /** The largest error of a tensor. */
    public double largestError() {
      return tensors.stream().mapToDouble(Tensor::error).max().orElse(0);
    }
  }

  /** Checks all tensors; the parameters are left moved by the noise. */
  public Report run(DoubleLoss loss) {
    SplitMix noise = SplitMix.stream(RandomStream.CHECKED_POINT.key(seed));
    for (long i = 0; i < loss.layout().numParams(); i++) {
      loss.setParam(i, loss.param(i) + NOISE * noise.nextGaussian());
    }
    double value = loss.loss();
    double[] gradient = loss.gradient();
    List<Tensor> tensors = new ArrayList<>();
    for (Segment segment : loss.layout().params()) {
      tensors.add(check(loss, segment, gradient, Math.max(1, Math.abs(value))));
    }
    return new Report(value, tolerance, tensors);
  }

  private Tensor check(DoubleLoss loss, Segment segment, double[] gradient, double lossScale) {
    List<Long> samples = samples(segment, gradient);
    double typical = 0;
    for (long i : samples) {
      typical += gradient[(int) i] * gradient[(int) i];
    }
    typical = Math.sqrt(typical / samples.size());
    double resolution = loss.resolution() * lossScale;
    double kink = Math.max(tolerance * typical, resolution);
    double differences = 0;
    double analytic = 0;
    double numeric = 0;
    int checked = 0;
    for (long i : samples) {
      Estimate estimate = derivative(loss, i, kink / 100);
      if (estimate.uncertainty <= kink) {
        double a = gradient[(int) i];
        differences += (a - estimate.value) * (a - estimate.value);
        analytic += a * a;
        numeric += estimate.value * estimate.value;
        checked++;
      }
    }
    double difference = Math.sqrt(differences);
    double sum = Math.sqrt(analytic) + Math.sqrt(numeric);
    double indistinguishable = resolution * Math.sqrt(checked);
    boolean agrees = difference <= Math.max(tolerance * sum, indistinguishable);
    return new Tensor(
        segment.name(),
        segment.size(),
        checked,
        samples.size() - checked,
        sum <= indistinguishable ? 0 : difference / sum,
        agrees && 2 * checked >= samples.size());
  }

  /** Indices into the flat parameters, in ascending order. */
  private List<Long> samples(Segment segment, double[] gradient) {
    long size = segment.size();
    Set<Long> samples = new TreeSet<>();
    if (size <= samplesPerTensor) {
      for (long i = 0; i < size; i++) {
        samples.add(segment.offset() + i);
      }
      return List.copyOf(samples);
    }
    SplitMix random = SplitMix.stream(RandomStream.CHECKED_PARAMETERS.key(seed, segment.offset()));
    for (int k = 0; k < samplesPerTensor; k++) {
      long i = (long) (random.nextDouble() * size);
      long end = k % 2 == 0 ? i : i + size;
      while (i < end && gradient[(int) (segment.offset() + i % size)] == 0) {
        i++;
      }
      samples.add(segment.offset() + i % size);
    }
    return List.copyOf(samples);
  }

  /** A derivative and by how much its two best estimates differ. */
  private record Estimate(double value, double uncertainty) {}

  private static Estimate derivative(DoubleLoss loss, long index, double goodEnough) {
    Estimate best = new Estimate(Double.NaN, Double.POSITIVE_INFINITY);
    double before = Double.NaN;
    double coarse = twoSided(loss, index, LARGEST_STEP);
    for (double h = LARGEST_STEP / 4; h >= SMALLEST_STEP && best.uncertainty > goodEnough; h /= 4) {
      double fine = twoSided(loss, index, h);
      // The differences' error is nearly proportional to h^2, so a sixteenth of it is left.
      double extrapolated = fine + (fine - coarse) / 15;
      double uncertainty = Math.abs(extrapolated - before);
      if (uncertainty < best.uncertainty) {
        best = new Estimate(before, uncertainty);
      }
      before = extrapolated;
      coarse = fine;
    }
    return best;
  }

  private static double twoSided(DoubleLoss loss, long index, double h) {
    double x = loss.param(index);
    loss.setParam(index, x + h);
    double above = loss.loss();
    loss.setParam(index, x - h);
    double below = loss.loss();
    loss.setParam(index, x);
    return (above - below) / (2 * h);
  }
}
