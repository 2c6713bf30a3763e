package dev.braid.worker.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.function.Transcendental;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * How far the functions are from the true values. The tests look at a million floats of each;
 * {@link #main} at more.
 */
class FloatFunctionsTest {
  private static final int INPUTS = 1 << 20;

  /** A function, its true value, by how many units it may be off, and between which numbers. */
  private record Function(
      String name,
      FloatUnary function,
      DoubleUnaryOperator truth,
      double units,
      float smallest,
      float largest) {
    private Function(String name, FloatUnary function, DoubleUnaryOperator truth, double units) {
      this(name, function, truth, units, -Float.MAX_VALUE, Float.MAX_VALUE);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static List<Function> functions() {
    return List.of(
        new Function("exp", FloatFunctions::exp, Transcendental::exp, 1),
        new Function(
            "expm1", FloatFunctions::expm1, FloatFunctionsTest::expm1, 1, -Float.MAX_VALUE, 0),
        new Function("log1p", FloatFunctions::log1p, Transcendental::log1p, 2, 0, 1),
        new Function("tanh", FloatFunctions::tanh, FloatFunctionsTest::tanh, 2),
        new Function("sigmoid", FloatFunctions::sigmoid, Transcendental::sigmoid, 2),
        new Function("softplus", FloatFunctions::softplus, Transcendental::softplus, 2),
        new Function("normal", FloatFunctions::normal, FloatFunctionsTest::normal, 6),
        new Function(
            "mish",
            FloatFunctions::mish,
            x -> x * tanh(Transcendental.softplus(x)),
            6,
            -80,
            Float.MAX_VALUE));
  }

  @FunctionalInterface
  private interface FloatUnary {
    float of(float x);
  }

  /** The largest error and where it is. */
  private record Distance(double error, float input) {
    private static Distance of(Function function, long inputs) {
      int stride = (int) ((1L << 32) / inputs) | 1; // odd, so that all bits change
      double worst = 0;
      float input = 0;
      int bits = 0;
      for (long i = 0; i < inputs; i++, bits += stride) {
        float x = Float.intBitsToFloat(bits);
        if (x >= function.smallest && x <= function.largest) {
          double error = units(function.truth.applyAsDouble(x), function.function.of(x));
          if (!(error <= worst)) {
            worst = Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
            input = x;
          }
        }
      }
      return new Distance(worst, input);
    }
  }

  private static double units(double truth, float value) {
    float rounded = (float) truth;
    if (Float.isInfinite(rounded) && rounded == value) {
      return 0;
    }
    return Math.abs(truth - value) / Math.ulp(rounded);
  }

  @ParameterizedTest
  @MethodSource("functions")
  void function_isNearTheTruth_overAllFloats(Function function) {
    Distance worst = Distance.of(function, INPUTS);
    assertTrue(worst.error() <= function.units, worst.toString());
  }

  /** exp(x) - 1, by its series where that would cancel. */
  private static double expm1(double x) {
    if (Math.abs(x) > 0.3) {
      return Transcendental.exp(x) - 1;
    }
    double sum = 0;
    for (int n = 14; n > 0; n--) {
      sum = (1 + sum) * x / n;
    }
    return sum;
  }

  private static double tanh(double x) {
    double e = expm1(-2 * Math.abs(x));
    return Math.copySign(-e / (2 + e), x);
  }

  /** By its series about 0, or by the continued fraction of its tail. */
  private static double normal(double x) {
    double t = Math.abs(x);
    double density = Transcendental.exp(-t * t / 2) * 0.3989422804014327;
    double tail = t > 2.5 ? density / fraction(t) : 0.5 - density * series(t);
    return density == 0 ? (x < 0 ? 0 : 1) : x < 0 ? tail : 1 - tail;
  }

  private static double series(double t) {
    double sum = 0;
    for (int n = 61; n > 0; n -= 2) {
      sum = (1 + sum) * t * (n == 1 ? 1 : t) / n;
    }
    return sum;
  }

  private static double fraction(double t) {
    double below = t;
    for (int n = 60; n > 0; n--) {
      below = t + n / below;
    }
    return below;
  }

  /**
   * The largest errors over as many floats as its argument says, all of them by 4294967296: java
   * -cp worker/target/test-classes:worker/target/classes dev.braid.worker.kernel.FloatFunctionsTest
   * 1073741824 exp
   */
  public static void main(String[] arguments) {
    long inputs = Long.parseLong(arguments[0]);
    for (Function function : functions()) {
      if (arguments.length == 1 || function.name.equals(arguments[1])) {
        System.out.println(function + " " + Distance.of(function, inputs));
      }
    }
  }
}
