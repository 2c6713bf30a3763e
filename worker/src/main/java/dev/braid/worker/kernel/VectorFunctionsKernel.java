package dev.braid.worker.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The functions of {@link FloatFunctions} lane by lane, for the kernels on the Vector API. */
final class VectorFunctionsKernel {
  /** As wide as the hardware has them, and no wider than the accumulators of a sum. */
  static final VectorSpecies<Float> SPECIES =
      FloatVector.SPECIES_PREFERRED.length() > 16
          ? FloatVector.SPECIES_512
          : FloatVector.SPECIES_PREFERRED;

  private static final int SIGN = 0x80000000;

  private VectorFunctionsKernel() {}

  static FloatVector exp(FloatVector x) {
    return expOfSmall(atMost(FloatFunctions.LARGEST, x));
  }

  /** The same of numbers that are too small for an infinite one. */
  private static FloatVector expOfSmall(FloatVector x) {
    FloatVector c = atLeast(FloatFunctions.SMALLEST, x);
    FloatVector shifted = shifted(c);
    FloatVector e = lessOne(reduced(c, shifted.sub(FloatFunctions.ROUNDING))).add(1);
    IntVector k = shifted.reinterpretAsInts().sub(FloatFunctions.ROUNDING_BITS);
    IntVector half = k.lanewise(VectorOperators.ASHR, 1);
    return e.mul(power(half)).mul(power(k.sub(half)));
  }

  static FloatVector expm1(FloatVector x) {
    FloatVector c = atLeast(FloatFunctions.SMALLEST_OF_EXPM1, x);
    FloatVector shifted = shifted(c);
    FloatVector e = lessOne(reduced(c, shifted.sub(FloatFunctions.ROUNDING)));
    FloatVector power = power(shifted.reinterpretAsInts().sub(FloatFunctions.ROUNDING_BITS));
    return power.fma(e, power.sub(1));
  }

  static FloatVector atMost(float limit, FloatVector x) {
    return x.blend(limit, x.compare(VectorOperators.GT, limit));
  }

  static FloatVector atLeast(float limit, FloatVector x) {
    return x.blend(limit, x.compare(VectorOperators.LT, limit));
  }

  private static FloatVector shifted(FloatVector x) {
    return x.fma(all(FloatFunctions.LOG2_E), all(FloatFunctions.ROUNDING));
  }

  private static FloatVector reduced(FloatVector x, FloatVector k) {
    FloatVector r = k.fma(all(-FloatFunctions.LN2), x);
    return k.fma(all(-FloatFunctions.LN2_REST), r);
  }

  private static FloatVector lessOne(FloatVector r) {
    FloatVector q = all(FloatFunctions.E4);
    q = r.fma(q, all(FloatFunctions.E3));
    q = r.fma(q, all(FloatFunctions.E2));
    q = r.fma(q, all(FloatFunctions.E1));
    q = r.fma(q, all(FloatFunctions.E0));
    return r.mul(r).fma(q, r);
  }

  private static FloatVector power(IntVector k) {
    return k.add(FloatFunctions.BIAS)
        .lanewise(VectorOperators.LSHL, FloatFunctions.FRACTION_BITS)
        .reinterpretAsFloats();
  }

  /** The number in all lanes. */
  private static FloatVector all(float number) {
    return FloatVector.broadcast(SPECIES, number);
  }

  static FloatVector log1p(FloatVector u) {
    VectorMask<Float> upper = u.compare(VectorOperators.GT, FloatFunctions.SQRT2_LESS_1);
    FloatVector f = u.blend(u.fma(all(0.5f), all(-0.5f)), upper);
    FloatVector q = all(FloatFunctions.L7);
    q = f.fma(q, all(FloatFunctions.L6));
    q = f.fma(q, all(FloatFunctions.L5));
    q = f.fma(q, all(FloatFunctions.L4));
    q = f.fma(q, all(FloatFunctions.L3));
    q = f.fma(q, all(FloatFunctions.L2));
    q = f.fma(q, all(FloatFunctions.L1));
    q = f.fma(q, all(FloatFunctions.L0));
    q = f.fma(q, all(-0.5f));
    return f.mul(f).fma(q, f).add(all(0).blend(FloatFunctions.LN2, upper));
  }

  /** exp(-|x|). */
  private static FloatVector expOfNegative(FloatVector x) {
    return expOfSmall(x.reinterpretAsInts().or(SIGN).reinterpretAsFloats());
  }

  static FloatVector sigmoid(FloatVector x) {
    FloatVector e = expOfNegative(x);
    FloatVector q = all(1).blend(e, x.compare(VectorOperators.LT, 0)).div(e.add(1));
    FloatVector lower = e.neg().fma(q, e);
    return q.blend(lower, x.compare(VectorOperators.LT, FloatFunctions.SIGMOID_LOWER));
  }

  static FloatVector softplus(FloatVector x) {
    return atLeast(0, x).add(log1p(expOfNegative(x)));
  }

  static FloatVector normal(FloatVector x) {
    FloatVector t = atMost(FloatFunctions.TAIL_END, x.abs());
    return normal(x, tail(t, gauss(t)));
  }

  static FloatVector geluSlope(FloatVector x) {
    FloatVector t = atMost(FloatFunctions.TAIL_END, x.abs());
    FloatVector gauss = gauss(t);
    return x.fma(gauss.mul(FloatFunctions.DENSITY_AT_0), normal(x, tail(t, gauss)));
  }

  private static FloatVector normal(FloatVector x, FloatVector tail) {
    return all(1).sub(tail).blend(tail, x.compare(VectorOperators.LT, 0));
  }

  private static FloatVector gauss(FloatVector t) {
    FloatVector square = t.mul(t);
    FloatVector rest = t.fma(t, square.neg());
    FloatVector e = expOfSmall(square.mul(-0.5f));
    return rest.mul(-0.5f).fma(e, e);
  }

  private static FloatVector tail(FloatVector t, FloatVector gauss) {
    FloatVector u = all(1).div(t.fma(all(FloatFunctions.TAIL_SCALE), all(1)));
    FloatVector v = all(1).sub(u);
    FloatVector q = all(FloatFunctions.M8);
    q = v.fma(q, all(FloatFunctions.M7));
    q = v.fma(q, all(FloatFunctions.M6));
    q = v.fma(q, all(FloatFunctions.M5));
    q = v.fma(q, all(FloatFunctions.M4));
    q = v.fma(q, all(FloatFunctions.M3));
    q = v.fma(q, all(FloatFunctions.M2));
    q = v.fma(q, all(FloatFunctions.M1));
    q = v.fma(q, all(FloatFunctions.M0));
    q = v.fma(q, all(0.5f));
    return gauss.mul(u.mul(q));
  }

  static FloatVector mish(FloatVector x) {
    FloatVector w = exp(atMost(FloatFunctions.MISH_END, x));
    FloatVector n = w.mul(w.add(2));
    return x.mul(n.div(n.add(2)));
  }

  static FloatVector mishSlope(FloatVector x) {
    FloatVector c = atMost(FloatFunctions.MISH_END, x);
    FloatVector w = exp(c);
    FloatVector n = w.mul(w.add(2));
    FloatVector m = n.add(2);
    return c.mul(4).fma(w.mul(w.add(1)).div(m), n).div(m);
  }

  static FloatVector swishSlope(FloatVector x) {
    FloatVector s = sigmoid(x);
    return s.mul(x.fma(all(1).sub(s), all(1)));
  }
}
