package dev.braid.worker.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.state.Segment;
import dev.braid.worker.state.StateLayout;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class GradientCheckTest {
  private static final GradientCheck CHECK = new GradientCheck(1e-7, 50, 3);

  /** A plain function with a hand-written gradient. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Plain(
      double[] params, ToDoubleFunction<double[]> function, UnaryOperator<double[]> derivative)
      implements DoubleLoss {
    @Override
    public StateLayout layout() {
      Segment all = new Segment("a.weight", List.of(params.length), 0, Segment.Role.WEIGHT);
      return new StateLayout(List.of(all), List.of());
    }

    @Override
    public double param(long index) {
      return params[(int) index];
    }

    @Override
    public void setParam(long index, double value) {
      params[(int) index] = value;
    }

    @Override
    public double loss() {
      return function.applyAsDouble(params);
    }

    @Override
    public double[] gradient() {
      return derivative.apply(params);
    }

    @Override
    public void close() {}
  }

  private static double sumOfSines(double[] p) {
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      sum += Math.sin(p[i] * (i + 1));
    }
    return sum;
  }

  private static double[] derivativeOfSines(double[] p) {
    double[] gradient = new double[p.length];
    for (int i = 0; i < p.length; i++) {
      gradient[i] = (i + 1) * Math.cos(p[i] * (i + 1));
    }
    return gradient;
  }

  @Test
  void run_rightGradient_passesFarBelowTheTolerance() {
    GradientCheck.Report report =
        CHECK.run(
            new Plain(
                new double[20],
                GradientCheckTest::sumOfSines,
                GradientCheckTest::derivativeOfSines));

    assertTrue(report.passed());
    assertTrue(report.largestError() < 1e-10, "error " + report.largestError());
    assertEquals(20, report.tensors().get(0).checked());
  }

  @Test
  void run_gradientWrongByOneInAMillionInOnePlace_fails() {
    GradientCheck.Report report =
        CHECK.run(
            new Plain(
                new double[20],
                GradientCheckTest::sumOfSines,
                p -> {
                  double[] gradient = derivativeOfSines(p);
                  gradient[7] *= 1 + 1e-5;
                  return gradient;
                }));

    assertFalse(report.passed());
    assertTrue(report.largestError() > 1e-7 && report.largestError() < 1e-5);
  }

  @Test
  void run_kinksNearby_areSteppedAroundOrCounted() {
    // Kinks at 0.0001 and 0.0000001 from the parameters, however the noise has moved them.
    double[] at = {0, 0, 0};
    ToDoubleFunction<double[]> kinked =
        p -> Math.abs(p[0] - at[0] - 1e-4) + Math.abs(p[1] - at[1] - 1e-7) + p[2] * p[2];
    Plain loss =
        new Plain(
            new double[3],
            p -> at[0] == 0 ? 0 : kinked.applyAsDouble(p),
            p -> {
              System.arraycopy(p, 0, at, 0, 3);
              return new double[] {-1, -1, 2 * p[2]};
            });

    GradientCheck.Tensor tensor = CHECK.run(loss).tensors().get(0);

    assertEquals(2, tensor.checked());
    assertEquals(1, tensor.unresolved());
    assertTrue(tensor.passed());
  }

  @Test
  void run_largeTensor_looksAtABoundedSample() {
    GradientCheck.Tensor tensor =
        CHECK
            .run(
                new Plain(
                    new double[5000],
                    p -> sumOfSines(new double[] {p[77]}),
                    p -> {
                      double[] gradient = new double[p.length];
                      gradient[77] = Math.cos(p[77]);
                      return gradient;
                    }))
            .tensors()
            .get(0);

    assertTrue(tensor.checked() <= 50 && tensor.checked() >= 20, "checked " + tensor.checked());
    assertTrue(tensor.error() > 0, "the one parameter that matters was looked at");
    assertTrue(tensor.passed());
  }
}
