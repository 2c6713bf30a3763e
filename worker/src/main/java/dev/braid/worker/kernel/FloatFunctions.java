package dev.braid.worker.kernel;

/**
 * Exponentials and what is made of them, in single precision: polynomials of our own (minimax by
 * Lawson's weighted least squares) with fused multiply-add, so that plain loops and vectors of any
 * width give the same bits. Exponentials, logarithms, tanh, sigmoid and softplus are within two
 * units in the last place of the true value for every float.
 */
final class FloatFunctions {
  static final float LOG2_E = 1.442695f;

  /** log 2 in two floats. */
  static final float LN2 = 0.6931472f;

  static final float LN2_REST = -1.9046542e-9f;

  /** Added to a number below 2^22, it rounds it to a whole one, which its last bits then hold. */
  static final float ROUNDING = 0x1.8p23f;

  static final int ROUNDING_BITS = 0x4b400000;

  /** Above it exp is infinite. */
  static final float LARGEST = 89;

  /** Below it exp is 0. */
  static final float SMALLEST = -104;

  /** Below it exp - 1 is -1. */
  static final float SMALLEST_OF_EXPM1 = -20;

  static final int BIAS = 127;
  static final int FRACTION_BITS = 23;

  /** (exp(r) - 1 - r) / r^2 for |r| up to log(2) / 2, within 2^-28 of exp(r). */
  static final float E0 = 0x1.fffffcp-2f;

  static final float E1 = 0x1.55549p-3f;
  static final float E2 = 0x1.5558f4p-5f;
  static final float E3 = 0x1.123a6cp-7f;
  static final float E4 = 0x1.6a234ep-10f;

  /** Up to it log(1 + u) is a polynomial of u; beyond it log 2 + log((1 + u) / 2). */
  static final float SQRT2_LESS_1 = 0.41421357f;

  /** (log(1 + f) - f + f^2 / 2) / f^3 for f from -0.293 to 0.414, within 2^-27 of log(1 + f). */
  static final float L0 = 0x1.555554p-2f;

  static final float L1 = -0x1.000228p-2f;
  static final float L2 = 0x1.99a014p-3f;
  static final float L3 = -0x1.5471f8p-3f;
  static final float L4 = 0x1.22d8cep-3f;
  static final float L5 = -0x1.0d86fep-3f;
  static final float L6 = 0x1.056632p-3f;
  static final float L7 = -0x1.38c7eep-4f;

  /** Beyond it the normal distribution's tail is 0. */
  static final float TAIL_END = 15;

  /** The tail is a polynomial of v = 1 - u, u = 1 / (1 + 0.4 t). */
  static final float TAIL_SCALE = 0.4f;

  /**
   * (exp(t^2 / 2) times the tail beyond t, divided by u, less 1/2) / v for t of 0 to 15, within
   * 2^-25 of the tail.
   */
  static final float M0 = -0x1.fd4b2p-2f;

  static final float M1 = 0x1.15e2a2p-4f;
  static final float M2 = 0x1.de2fbap-4f;
  static final float M3 = 0x1.6f6464p-6f;
  static final float M4 = -0x1.eae6bcp-5f;
  static final float M5 = 0x1.c495a2p-5f;
  static final float M6 = -0x1.00d4fp-3f;
  static final float M7 = 0x1.ca8416p-4f;
  static final float M8 = -0x1.05a1f6p-5f;

  /** 1 / sqrt(2 pi). */
  static final float DENSITY_AT_0 = 0.3989423f;

  /** From it on x tanh(softplus(x)) is x. */
  static final float MISH_END = 20;

  /** Below it, exp(-2 |x|) is taken from 1. */
  static final float TANH_UPPER = 0.2f;

  /** Below it, sigmoid is exp less a little. */
  static final float SIGMOID_LOWER = -1;

  private FloatFunctions() {}

  /** The exponential function. */
  static float exp(float x) {
    float c = x > LARGEST ? LARGEST : x;
    c = c < SMALLEST ? SMALLEST : c;
    float shifted = Math.fma(c, LOG2_E, ROUNDING);
    float r = reduced(c, shifted - ROUNDING);
    int k = Float.floatToRawIntBits(shifted) - ROUNDING_BITS;
    int half = k >> 1;
    return (1 + lessOne(r)) * power(half) * power(k - half);
  }

  /** exp(x) - 1 for x up to 0, exact near it too. */
  static float expm1(float x) {
    float c = x < SMALLEST_OF_EXPM1 ? SMALLEST_OF_EXPM1 : x;
    float shifted = Math.fma(c, LOG2_E, ROUNDING);
    float r = reduced(c, shifted - ROUNDING);
    float power = power(Float.floatToRawIntBits(shifted) - ROUNDING_BITS);
    return Math.fma(power, lessOne(r), power - 1);
  }

  /** x - k log 2. */
  private static float reduced(float x, float k) {
    return Math.fma(k, -LN2_REST, Math.fma(k, -LN2, x));
  }

  /** exp(r) - 1 for |r| up to log(2) / 2. */
  private static float lessOne(float r) {
    float q = Math.fma(r, E4, E3);
    q = Math.fma(r, q, E2);
    q = Math.fma(r, q, E1);
    q = Math.fma(r, q, E0);
    return Math.fma(r * r, q, r);
  }

  /** 2^k. */
  private static float power(int k) {
    return Float.intBitsToFloat((k + BIAS) << FRACTION_BITS);
  }

  /** log(1 + u) for u of 0 to 1. */
  static float log1p(float u) {
    boolean upper = u > SQRT2_LESS_1;
    float f = upper ? Math.fma(u, 0.5f, -0.5f) : u;
    float q = Math.fma(f, L7, L6);
    q = Math.fma(f, q, L5);
    q = Math.fma(f, q, L4);
    q = Math.fma(f, q, L3);
    q = Math.fma(f, q, L2);
    q = Math.fma(f, q, L1);
    q = Math.fma(f, q, L0);
    q = Math.fma(f, q, -0.5f);
    return Math.fma(f * f, q, f) + (upper ? LN2 : 0);
  }

  /**
   * Hyperbolic tangent. With w = exp(-2 |x|) it is (1 - w) / (1 + w); for larger |x|, 1 - 2 w / (1
   * + w).
   */
  static float tanh(float x) {
    float c = -2 * Math.abs(x);
    c = c < SMALLEST_OF_EXPM1 ? SMALLEST_OF_EXPM1 : c;
    float shifted = Math.fma(c, LOG2_E, ROUNDING);
    float r = lessOne(reduced(c, shifted - ROUNDING));
    float power = power(Float.floatToRawIntBits(shifted) - ROUNDING_BITS);
    float w = Math.fma(power, r, power);
    boolean upper = w < TANH_UPPER;
    float numerator = upper ? w : Math.fma(-power, r, 1 - power);
    float q = numerator / Math.fma(power, r, power + 1);
    return Math.copySign(upper ? Math.fma(-2, q, 1) : q, x);
  }

  /**
   * 1 / (1 + exp(-x)). With e = exp(-|x|) it is e / (1 + e) for negative x, or e - e e / (1 + e).
   */
  static float sigmoid(float x) {
    float e = exp(-Math.abs(x));
    float q = (x < 0 ? e : 1) / (1 + e);
    return x < SIGMOID_LOWER ? Math.fma(-e, q, e) : q;
  }

  /** log(1 + exp(x)). */
  static float softplus(float x) {
    return (x < 0 ? 0 : x) + log1p(exp(-Math.abs(x)));
  }

  /** How probable a number below x is in the standard normal distribution. */
  static float normal(float x) {
    float t = tailStart(x);
    float tail = tail(t, gauss(t));
    return x < 0 ? tail : 1 - tail;
  }

  /** d/dx of x normal(x). */
  static float geluSlope(float x) {
    float t = tailStart(x);
    float gauss = gauss(t);
    float tail = tail(t, gauss);
    return Math.fma(x, gauss * DENSITY_AT_0, x < 0 ? tail : 1 - tail);
  }

  private static float tailStart(float x) {
    float t = Math.abs(x);
    return t > TAIL_END ? TAIL_END : t;
  }

  /** exp(-t^2 / 2), t^2 with what its rounding leaves. */
  private static float gauss(float t) {
    float square = t * t;
    float rest = Math.fma(t, t, -square);
    float e = exp(-0.5f * square);
    return Math.fma(-0.5f * rest, e, e);
  }

  private static float tail(float t, float gauss) {
    float u = 1 / Math.fma(t, TAIL_SCALE, 1);
    float v = 1 - u;
    float q = Math.fma(v, M8, M7);
    q = Math.fma(v, q, M6);
    q = Math.fma(v, q, M5);
    q = Math.fma(v, q, M4);
    q = Math.fma(v, q, M3);
    q = Math.fma(v, q, M2);
    q = Math.fma(v, q, M1);
    q = Math.fma(v, q, M0);
    q = Math.fma(v, q, 0.5f);
    return gauss * (u * q);
  }

  /** x tanh(softplus(x)): with w = exp(x), x n / (n + 2), n = w (w + 2). */
  static float mish(float x) {
    float w = exp(x > MISH_END ? MISH_END : x);
    float n = w * (w + 2);
    return x * (n / (n + 2));
  }

  /** d/dx of mish(x): (n + 4 x w (w + 1) / (n + 2)) / (n + 2). */
  static float mishSlope(float x) {
    float c = x > MISH_END ? MISH_END : x;
    float w = exp(c);
    float n = w * (w + 2);
    float m = n + 2;
    return Math.fma(4 * c, w * (w + 1) / m, n) / m;
  }

  /** d/dx of x sigmoid(x). */
  static float swishSlope(float x) {
    float s = sigmoid(x);
    return s * Math.fma(x, 1 - s, 1);
  }
}
