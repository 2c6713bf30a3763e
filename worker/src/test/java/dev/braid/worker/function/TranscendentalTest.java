package dev.braid.worker.function;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.random.SplitMix;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** Held against {@link StrictMath}, whose results are within one unit in the last place. */
class TranscendentalTest {
  private static final int COUNT = 200_000;

  /** The largest distance of two functions, in units in the last place of the result. */
  private static double distance(
      DoubleUnaryOperator ours, DoubleUnaryOperator theirs, double from, double to) {
    SplitMix random = SplitMix.stream(3);
    double most = 0;
    for (int i = 0; i < COUNT; i++) {
      double x = from + (to - from) * random.nextDouble();
      double expected = theirs.applyAsDouble(x);
      double distance = Math.abs(ours.applyAsDouble(x) - expected) / Math.ulp(expected);
      most = Math.max(most, distance);
    }
    return most;
  }

  private static void assertNear(double most, double found) {
    assertTrue(found <= most, "off by " + found + " units in the last place");
  }

  @Test
  void exp_isWithinOneUnitOfTheTruth() {
    for (double range : new double[] {1e-9, 0.3, 1, 20, 700}) {
      assertNear(1, distance(Transcendental::exp, StrictMath::exp, -range, range));
    }
    assertNear(1, distance(Transcendental::exp, StrictMath::exp, -745, -700));
    assertNear(1, distance(Transcendental::exp, StrictMath::exp, 700, 709.78));
  }

  @Test
  void exp_atTheEnds_isAsJavaSays() {
    double[] ends = {
      0, -0.0, 709.782712893384, -708.3964185322641, -745.1332191019411, -745.2, -746, -1e300
    };
    for (double x : ends) {
      assertEquals(StrictMath.exp(x), Transcendental.exp(x), Math.ulp(StrictMath.exp(x)), "" + x);
    }
    assertEquals(0, Transcendental.exp(Double.NEGATIVE_INFINITY));
    assertEquals(Double.POSITIVE_INFINITY, Transcendental.exp(Double.POSITIVE_INFINITY));
    assertEquals(Double.POSITIVE_INFINITY, Transcendental.exp(1e300));
    assertEquals(1, Transcendental.exp(0));
    assertEquals(Double.POSITIVE_INFINITY, Transcendental.exp(710));
    assertEquals(0, Transcendental.exp(-746));
    assertTrue(Double.isNaN(Transcendental.exp(Double.NaN)));
  }

  @Test
  void log_isWithinOneUnitOfTheTruth() {
    for (double range : new double[] {1e-300, 1e-9, 1, 3, 1e9, 1e300}) {
      assertNear(1, distance(Transcendental::log, StrictMath::log, range / 1000, range));
    }
    assertNear(1, distance(Transcendental::log, StrictMath::log, 0.9, 1.1));
  }

  @Test
  void log_atTheEnds_isAsJavaSays() {
    double[] ends = {
      1, 2, 0.5, Double.MIN_VALUE, Double.MIN_NORMAL, Double.MAX_VALUE, 4e-320, Math.sqrt(2)
    };
    for (double x : ends) {
      assertEquals(StrictMath.log(x), Transcendental.log(x), Math.ulp(StrictMath.log(x)), "" + x);
    }
    assertEquals(0, Transcendental.log(1));
    assertEquals(Double.NEGATIVE_INFINITY, Transcendental.log(0));
    assertEquals(Double.POSITIVE_INFINITY, Transcendental.log(Double.POSITIVE_INFINITY));
    assertTrue(Double.isNaN(Transcendental.log(-1)));
    assertTrue(Double.isNaN(Transcendental.log(Double.NaN)));
  }

  @Test
  void log1p_isWithinTwoUnitsOfTheTruth() {
    for (double range : new double[] {1e-300, 1e-17, 1e-9, 0.1, 1, 1e9}) {
      assertNear(2, distance(Transcendental::log1p, StrictMath::log1p, 0, range));
    }
    assertNear(2, distance(Transcendental::log1p, StrictMath::log1p, -0.9, 0));
    assertEquals(Double.NEGATIVE_INFINITY, Transcendental.log1p(-1));
    assertEquals(Double.POSITIVE_INFINITY, Transcendental.log1p(Double.POSITIVE_INFINITY));
  }

  @Test
  void sigmoidAndSoftplus_areRightAtAnySize() {
    assertNear(3, distance(Transcendental::sigmoid, x -> 1 / (1 + StrictMath.exp(-x)), -30, 30));
    assertNear(
        3,
        distance(
            Transcendental::softplus,
            x -> Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x))),
            -700,
            700));
    assertEquals(0.5, Transcendental.sigmoid(0));
    assertEquals(1, Transcendental.sigmoid(1e300));
    assertEquals(0, Transcendental.sigmoid(-1e300));
    assertEquals(1e300, Transcendental.softplus(1e300));
    assertEquals(0, Transcendental.softplus(-1e300));
  }
}
