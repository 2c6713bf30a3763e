package dev.braid.worker.kernel;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * The functions of recurrent cells and of softmax, each written out in its loop. The compiler stops
 * inlining methods of ours (all but the Vector API's own) once a loop has grown beyond a limit, and
 * what is then called puts its vectors on the heap: {@link VectorFunctionsKernel} has the same
 * steps as methods, for functions in which time matters less.
 */
final class VectorSquashingKernel {
  private static final VectorSpecies<Float> SPECIES = VectorFunctionsKernel.SPECIES;
  private static final int LANES = SPECIES.length();
  private static final int SIGN = 0x80000000;

  /** What makes the last bits of a rounded number the exponent of a power of 2. */
  private static final int EXPONENT = FloatFunctions.BIAS - FloatFunctions.ROUNDING_BITS;

  private VectorSquashingKernel() {}

  /** y = exp(x), of a whole number of vectors. */
  static void exp(Floats from, Floats to, int size) {
    float[] xs = from.array();
    float[] ys = to.array();
    int in = from.at();
    int out = to.at();
    for (int i = 0; i < size; i += LANES) {
      FloatVector x = FloatVector.fromArray(SPECIES, xs, in + i);
      FloatVector c = x.blend(FloatFunctions.LARGEST, x.compare(GT, FloatFunctions.LARGEST));
      c = c.blend(FloatFunctions.SMALLEST, c.compare(LT, FloatFunctions.SMALLEST));
      FloatVector shifted =
          c.fma(
              FloatVector.broadcast(SPECIES, FloatFunctions.LOG2_E),
              FloatVector.broadcast(SPECIES, FloatFunctions.ROUNDING));
      FloatVector k = shifted.sub(FloatFunctions.ROUNDING);
      FloatVector r = k.fma(FloatVector.broadcast(SPECIES, -FloatFunctions.LN2), c);
      r = k.fma(FloatVector.broadcast(SPECIES, -FloatFunctions.LN2_REST), r);
      FloatVector q = FloatVector.broadcast(SPECIES, FloatFunctions.E4);
      q = r.fma(q, FloatVector.broadcast(SPECIES, FloatFunctions.E3));
      q = r.fma(q, FloatVector.broadcast(SPECIES, FloatFunctions.E2));
      q = r.fma(q, FloatVector.broadcast(SPECIES, FloatFunctions.E1));
      q = r.fma(q, FloatVector.broadcast(SPECIES, FloatFunctions.E0));
      FloatVector e = r.mul(r).fma(q, r).add(1);
      IntVector whole = shifted.reinterpretAsInts().sub(FloatFunctions.ROUNDING_BITS);
      IntVector half = whole.lanewise(ASHR, 1);
      IntVector rest = whole.sub(half).add(FloatFunctions.BIAS);
      half = half.add(FloatFunctions.BIAS).lanewise(LSHL, FloatFunctions.FRACTION_BITS);
      rest = rest.lanewise(LSHL, FloatFunctions.FRACTION_BITS);
      e.mul(half.reinterpretAsFloats()).mul(rest.reinterpretAsFloats()).intoArray(ys, out + i);
    }
  }

  /** y = 1 / (1 + exp(-x)), of a whole number of vectors. */
  static void sigmoid(Floats from, Floats to, int size) {
    float[] xs = from.array();
    float[] ys = to.array();
    int in = from.at();
    int out = to.at();
    for (int i = 0; i < size; i += LANES) {
      FloatVector x = FloatVector.fromArray(SPECIES, xs, in + i);
      FloatVector c = x.reinterpretAsInts().or(SIGN).reinterpretAsFloats();
      c = c.blend(FloatFunctions.SMALLEST, c.compare(LT, FloatFunctions.SMALLEST));
      FloatVector shifted =
          c.fma(
              FloatVector.broadcast(SPECIES, FloatFunctions.LOG2_E),
              FloatVector.broadcast(SPECIES, FloatFunctions.ROUNDING));
      FloatVector k = shifted.sub(FloatFunctions.ROUNDING);
      FloatVector r = k.fma(FloatVector.broadcast(SPECIES, -FloatFunctions.LN2), c);
      r = k.fma(FloatVector.broadcast(SPECIES, -FloatFunctions.LN2_REST), r);
      FloatVector q = FloatVector.broadcast(SPECIES, FloatFunctions.E4);
      q = r.fma(q, FloatVector.broadcast(SPECIES, FloatFunctions.E3));
      q = r.fma(q, FloatVector.broadcast(SPECIES, FloatFunctions.E2));
      q = r.fma(q, FloatVector.broadcast(SPECIES, FloatFunctions.E1));
      q = r.fma(q, FloatVector.broadcast(SPECIES, FloatFunctions.E0));
      FloatVector e = r.mul(r).fma(q, r).add(1);
      IntVector whole = shifted.reinterpretAsInts().sub(FloatFunctions.ROUNDING_BITS);
      IntVector half = whole.lanewise(ASHR, 1);
      IntVector rest = whole.sub(half).add(FloatFunctions.BIAS);
      half = half.add(FloatFunctions.BIAS).lanewise(LSHL, FloatFunctions.FRACTION_BITS);
      rest = rest.lanewise(LSHL, FloatFunctions.FRACTION_BITS);
      e = e.mul(half.reinterpretAsFloats()).mul(rest.reinterpretAsFloats());
      FloatVector upper = FloatVector.broadcast(SPECIES, 1).blend(e, x.compare(LT, 0));
      FloatVector y = upper.div(e.add(1));
      y.blend(e.neg().fma(y, e), x.compare(LT, FloatFunctions.SIGMOID_LOWER))
          .intoArray(ys, out + i);
    }
  }

  /** y = tanh(x), of a whole number of vectors. */
  static void tanh(Floats from, Floats to, int size) {
    float[] xs = from.array();
    float[] ys = to.array();
    int in = from.at();
    int out = to.at();
    for (int i = 0; i < size; i += LANES) {
      FloatVector x = FloatVector.fromArray(SPECIES, xs, in + i);
      FloatVector c = x.abs().mul(-2);
      VectorMask<Float> small = c.compare(LT, FloatFunctions.SMALLEST_OF_EXPM1);
      c = c.blend(FloatFunctions.SMALLEST_OF_EXPM1, small);
      FloatVector shifted =
          c.fma(
              FloatVector.broadcast(SPECIES, FloatFunctions.LOG2_E),
              FloatVector.broadcast(SPECIES, FloatFunctions.ROUNDING));
      FloatVector k = shifted.sub(FloatFunctions.ROUNDING);
      FloatVector r = k.fma(FloatVector.broadcast(SPECIES, -FloatFunctions.LN2), c);
      r = k.fma(FloatVector.broadcast(SPECIES, -FloatFunctions.LN2_REST), r);
      FloatVector q = FloatVector.broadcast(SPECIES, FloatFunctions.E4);
      q = r.fma(q, FloatVector.broadcast(SPECIES, FloatFunctions.E3));
      q = r.fma(q, FloatVector.broadcast(SPECIES, FloatFunctions.E2));
      q = r.fma(q, FloatVector.broadcast(SPECIES, FloatFunctions.E1));
      q = r.fma(q, FloatVector.broadcast(SPECIES, FloatFunctions.E0));
      r = r.mul(r).fma(q, r);
      IntVector exponent = shifted.reinterpretAsInts().add(EXPONENT);
      FloatVector power =
          exponent.lanewise(LSHL, FloatFunctions.FRACTION_BITS).reinterpretAsFloats();
      FloatVector w = power.fma(r, power);
      VectorMask<Float> upper = w.compare(LT, FloatFunctions.TANH_UPPER);
      FloatVector one = FloatVector.broadcast(SPECIES, 1);
      FloatVector numerator = power.neg().fma(r, one.sub(power)).blend(w, upper);
      FloatVector y = numerator.div(power.fma(r, power.add(1)));
      y = y.blend(y.fma(FloatVector.broadcast(SPECIES, -2), one), upper);
      IntVector sign = x.reinterpretAsInts().and(SIGN);
      y.reinterpretAsInts().or(sign).reinterpretAsFloats().intoArray(ys, out + i);
    }
  }
}
