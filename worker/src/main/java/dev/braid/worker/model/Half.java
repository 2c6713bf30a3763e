package dev.braid.worker.model;

/** Floating point numbers of 16 bits (IEEE 754 binary16). */
final class Half {
  private static final int EXPONENT_BITS = 5;
  private static final int FRACTION_BITS = 10;
  private static final int LARGEST_EXPONENT = (1 << EXPONENT_BITS) - 1;
  private static final int BIAS = LARGEST_EXPONENT >> 1;

  private Half() {}

  /** The same number in 32 bits, exactly. */
  static float toFloat(short bits) {
    int fraction = bits & ((1 << FRACTION_BITS) - 1);
    int exponent = (bits >> FRACTION_BITS) & LARGEST_EXPONENT;
    float size;
    if (exponent == LARGEST_EXPONENT) {
      size = fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
    } else if (exponent == 0) {
      size = Math.scalb((float) fraction, 1 - BIAS - FRACTION_BITS);
    } else {
      float significand = (1 << FRACTION_BITS) + fraction;
      size = Math.scalb(significand, exponent - BIAS - FRACTION_BITS);
    }
    return bits < 0 ? -size : size;
  }
}
