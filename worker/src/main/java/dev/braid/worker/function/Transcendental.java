package dev.braid.worker.function;

/**
 * Exponential, logarithm and what is made of them, by polynomials of our own: the same bits on
 * every processor, which neither libraries nor Java's {@link Math} promise, and within one unit in
 * the last place or two of the true value. Additions and products only, each rounded by itself.
 */
public final class Transcendental {
  private static final double INVERSE_LN2 = 1.4426950408889634;

  /** The upper bits of log 2: its product with a whole number below 2^20 is exact. */
  private static final double LN2_UPPER = 0x1.62e42feep-1;

  private static final double LN2_LOWER = 0x1.a39ef35793c76p-33;

  /** Above it exp is infinite. */
  private static final double LARGEST = 709.782712893384;

  /** Below it exp is 0. */
  private static final double SMALLEST = -745.1332191019412;

  private static final double SQRT_2 = 1.4142135623730951;
  private static final int BIAS = 1023;
  private static final int FRACTION_BITS = 52;
  private static final long FRACTION = (1L << FRACTION_BITS) - 1;

  private Transcendental() {}

  /** The exponential function. */
  public static double exp(double x) {
    if (!(x <= LARGEST)) {
      return x > LARGEST ? Double.POSITIVE_INFINITY : Double.NaN;
    }
    if (x < SMALLEST) {
      return 0;
    }
    // x = k log 2 + r, |r| at most log(2) / 2; r is rounded, and its error is e
    double k = Math.rint(x * INVERSE_LN2);
    double upper = x - k * LN2_UPPER;
    double lower = k * LN2_LOWER;
    double r = upper - lower;
    double e = (upper - r) - lower;
    return scaled(1 + ((r * r * secondOrder(r) + e) + r), (int) k);
  }

  /** (exp(r) - 1 - r) / r^2, the Taylor series up to r^11 / 13!. */
  private static double secondOrder(double r) {
    double r2 = r * r;
    double r4 = r2 * r2;
    double first = (1 / 2.0 + r * (1 / 6.0)) + r2 * (1 / 24.0 + r * (1 / 120.0));
    double second = (1 / 720.0 + r * (1 / 5040.0)) + r2 * (1 / 40320.0 + r * (1 / 362880.0));
    double third =
        (1 / 3628800.0 + r * (1 / 39916800.0)) + r2 * (1 / 479001600.0 + r * (1 / 6227020800.0));
    return first + r4 * (second + r4 * third);
  }

  /** y times 2^k. */
  private static double scaled(double y, int k) {
    if (k > BIAS) {
      return y * 2 * power(BIAS);
    }
    if (k <= -BIAS) {
      return y * power(k + FRACTION_BITS + 2) * power(-FRACTION_BITS - 2);
    }
    return y * power(k);
  }

  private static double power(int k) {
    return Double.longBitsToDouble((long) (k + BIAS) << FRACTION_BITS);
  }

  /** The natural logarithm. */
  public static double log(double x) {
    if (!(x > 0) || x == Double.POSITIVE_INFINITY) {
      return x == 0 ? Double.NEGATIVE_INFINITY : x > 0 ? x : Double.NaN;
    }
    if (x < Double.MIN_NORMAL) {
      return log(x * power(FRACTION_BITS + 2), -FRACTION_BITS - 2);
    }
    return log(x, 0);
  }

  /** log x + k log 2, x being normal. */
  private static double log(double x, int more) {
    long bits = Double.doubleToRawLongBits(x);
    double m = Double.longBitsToDouble((bits & FRACTION) | (long) BIAS << FRACTION_BITS);
    int k = (int) (bits >>> FRACTION_BITS) - BIAS + more;
    if (m > SQRT_2) {
      m *= 0.5;
      k++;
    }
    // log(1 + f) = 2 artanh s, s = f / (2 + f), |s| below 0.172
    double f = m - 1;
    double s = f / (2 + f);
    double half = 0.5 * f * f;
    double rest = s * (half + artanh(s * s));
    return k * LN2_UPPER - ((half - (rest + k * LN2_LOWER)) - f);
  }

  /** 2 artanh(s) / s - 2 by z = s^2, up to z^10. */
  private static double artanh(double z) {
    double z2 = z * z;
    double z4 = z2 * z2;
    double first = (2 / 3.0 + z * (2 / 5.0)) + z2 * (2 / 7.0 + z * (2 / 9.0));
    double second = (2 / 11.0 + z * (2 / 13.0)) + z2 * (2 / 15.0 + z * (2 / 17.0));
    return z * (first + z4 * (second + z4 * (2 / 19.0 + z * (2 / 21.0))));
  }

  /** log(1 + x), exact for x near 0 too. */
  public static double log1p(double x) {
    double u = 1 + x;
    if (u == 1 || u == Double.POSITIVE_INFINITY) {
      return x;
    }
    return u > 0 ? log(u) + (x - (u - 1)) / u : log(u);
  }

  /** 1 / (1 + exp(-x)). */
  public static double sigmoid(double x) {
    double e = exp(-Math.abs(x));
    return (x >= 0 ? 1 : e) / (1 + e);
  }

  /** log(1 + exp(x)). */
  public static double softplus(double x) {
    return Math.max(x, 0) + log1p(exp(-Math.abs(x)));
  }
}
