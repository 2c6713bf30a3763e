package dev.braid.worker.kernel;

import dev.braid.worker.function.Activation;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The activations on the JDK's Vector API. Each has a loop of its own, into which its function is
 * inlined: a function called through an interface would box its vectors. What is left over at the
 * end goes through the same loop, in vectors of its own.
 */
final class VectorActivationKernel implements ActivationKernel {
  private static final VectorSpecies<Float> SPECIES = VectorFunctionsKernel.SPECIES;
  private static final int LANES = SPECIES.length();

  private final VectorReductionKernel sums = new VectorReductionKernel();
  private final Floats row = new Floats();
  private final Floats result = new Floats();
  private final Floats rowOut = new Floats();
  private final Floats restIn = new Floats().bind(new float[LANES], 0, LANES);
  private final Floats restGradient = new Floats().bind(new float[LANES], 0, LANES);
  private final Floats restOut = new Floats().bind(new float[LANES], 0, LANES);

  @Override
  public void forward(Activation function, Floats x, Floats y) {
    int whole = SPECIES.loopBound(x.size());
    run(function, x, y, whole);
    int left = x.size() - whole;
    if (left > 0) {
      System.arraycopy(x.array(), x.at() + whole, restIn.array(), 0, left);
      run(function, restIn, restOut, LANES);
      System.arraycopy(restOut.array(), 0, y.array(), y.at() + whole, left);
    }
  }

  private static void run(Activation function, Floats x, Floats y, int size) {
    switch (function) {
      case IDENTITY -> System.arraycopy(x.array(), x.at(), y.array(), y.at(), size);
      case RELU -> relu(x, y, size);
      case LEAKY_RELU -> leakyRelu(x, y, size);
      case RELU6 -> clamp(0, x, 6, y, size);
      case ELU -> elu(x, y, size);
      case SELU -> selu(x, y, size);
      case GELU -> gelu(x, y, size);
      case SIGMOID -> VectorSquashingKernel.sigmoid(x, y, size);
      case HARD_SIGMOID -> hardSigmoid(PlainActivationKernel.SIXTH, x, y, size);
      case HARD_SIGMOID_5 -> hardSigmoid(PlainActivationKernel.FIFTH, x, y, size);
      case TANH -> VectorSquashingKernel.tanh(x, y, size);
      case HARD_TANH -> clamp(-1, x, 1, y, size);
      case SOFTMAX -> throw new IllegalStateException(PlainActivationKernel.OF_ROWS);
      case SOFTPLUS -> softplus(x, y, size);
      case SOFTSIGN -> softsign(x, y, size);
      case SWISH -> swish(x, y, size);
      case MISH -> mish(x, y, size);
      case EXPONENTIAL -> VectorSquashingKernel.exp(x, y, size);
    }
  }

  private static void relu(Floats x, Floats y, int size) {
    for (int i = 0; i < size; i += LANES) {
      FloatVector v = load(x, i);
      store(VectorFunctionsKernel.atLeast(0, v), y, i);
    }
  }

  private static void leakyRelu(Floats x, Floats y, int size) {
    for (int i = 0; i < size; i += LANES) {
      FloatVector v = load(x, i);
      store(v.blend(v.mul(PlainActivationKernel.LEAK), v.compare(VectorOperators.LT, 0)), y, i);
    }
  }

  private static void clamp(float least, Floats x, float most, Floats y, int size) {
    for (int i = 0; i < size; i += LANES) {
      FloatVector v = VectorFunctionsKernel.atLeast(least, load(x, i));
      store(VectorFunctionsKernel.atMost(most, v), y, i);
    }
  }

  private static void elu(Floats x, Floats y, int size) {
    for (int i = 0; i < size; i += LANES) {
      FloatVector v = load(x, i);
      store(v.blend(VectorFunctionsKernel.expm1(v), v.compare(VectorOperators.LT, 0)), y, i);
    }
  }

  private static void selu(Floats x, Floats y, int size) {
    for (int i = 0; i < size; i += LANES) {
      FloatVector v = load(x, i);
      FloatVector negative = VectorFunctionsKernel.expm1(v).mul(PlainActivationKernel.SELU_DEPTH);
      FloatVector positive = v.mul(PlainActivationKernel.SELU_SCALE);
      store(positive.blend(negative, v.compare(VectorOperators.LT, 0)), y, i);
    }
  }

  private static void gelu(Floats x, Floats y, int size) {
    for (int i = 0; i < size; i += LANES) {
      FloatVector v = load(x, i);
      store(v.mul(VectorFunctionsKernel.normal(v)), y, i);
    }
  }

  private static void hardSigmoid(float slope, Floats x, Floats y, int size) {
    for (int i = 0; i < size; i += LANES) {
      FloatVector v = load(x, i).fma(all(slope), all(0.5f));
      store(VectorFunctionsKernel.atMost(1, VectorFunctionsKernel.atLeast(0, v)), y, i);
    }
  }

  private static void softplus(Floats x, Floats y, int size) {
    for (int i = 0; i < size; i += LANES) {
      FloatVector v = load(x, i);
      store(VectorFunctionsKernel.softplus(v), y, i);
    }
  }

  private static void softsign(Floats x, Floats y, int size) {
    for (int i = 0; i < size; i += LANES) {
      FloatVector v = load(x, i);
      store(v.div(v.abs().add(1)), y, i);
    }
  }

  private static void swish(Floats x, Floats y, int size) {
    for (int i = 0; i < size; i += LANES) {
      FloatVector v = load(x, i);
      store(v.mul(VectorFunctionsKernel.sigmoid(v)), y, i);
    }
  }

  private static void mish(Floats x, Floats y, int size) {
    for (int i = 0; i < size; i += LANES) {
      FloatVector v = load(x, i);
      store(VectorFunctionsKernel.mish(v), y, i);
    }
  }

  @Override
  public void backward(Activation function, Floats x, Floats y, Floats dy, Floats dx) {
    Floats of = ActivationKernel.needsInput(function) ? x : y;
    int whole = SPECIES.loopBound(dy.size());
    runBack(function, of, dy, dx, whole);
    int left = dy.size() - whole;
    if (left > 0) {
      System.arraycopy(of.array(), of.at() + whole, restIn.array(), 0, left);
      System.arraycopy(dy.array(), dy.at() + whole, restGradient.array(), 0, left);
      runBack(function, restIn, restGradient, restOut, LANES);
      System.arraycopy(restOut.array(), 0, dx.array(), dx.at() + whole, left);
    }
  }

  /** With y, or x for those that need their input. */
  private static void runBack(Activation function, Floats y, Floats dy, Floats dx, int size) {
    switch (function) {
      case IDENTITY -> System.arraycopy(dy.array(), dy.at(), dx.array(), dx.at(), size);
      case RELU -> reluBack(y, dy, dx, size);
      case LEAKY_RELU -> leakyReluBack(y, dy, dx, size);
      case RELU6 -> clampBack(0, y, 6, dy, dx, size);
      case ELU -> eluBack(y, dy, dx, size);
      case SELU -> seluBack(y, dy, dx, size);
      case GELU -> geluBack(y, dy, dx, size);
      case SIGMOID -> sigmoidBack(y, dy, dx, size);
      case HARD_SIGMOID -> hardSigmoidBack(PlainActivationKernel.SIXTH, y, dy, dx, size);
      case HARD_SIGMOID_5 -> hardSigmoidBack(PlainActivationKernel.FIFTH, y, dy, dx, size);
      case TANH -> tanhBack(y, dy, dx, size);
      case HARD_TANH -> clampBack(-1, y, 1, dy, dx, size);
      case SOFTMAX -> throw new IllegalStateException(PlainActivationKernel.OF_ROWS);
      case SOFTPLUS -> softplusBack(y, dy, dx, size);
      case SOFTSIGN -> softsignBack(y, dy, dx, size);
      case SWISH -> swishBack(y, dy, dx, size);
      case MISH -> mishBack(y, dy, dx, size);
      case EXPONENTIAL -> expBack(y, dy, dx, size);
    }
  }

  private static void reluBack(Floats y, Floats dy, Floats dx, int size) {
    FloatVector zero = all(0);
    for (int i = 0; i < size; i += LANES) {
      FloatVector v = load(y, i);
      FloatVector d = load(dy, i);
      store(zero.blend(d, v.compare(VectorOperators.GT, 0)), dx, i);
    }
  }

  private static void leakyReluBack(Floats y, Floats dy, Floats dx, int size) {
    for (int i = 0; i < size; i += LANES) {
      FloatVector v = load(y, i);
      FloatVector d = load(dy, i);
      store(d.mul(PlainActivationKernel.LEAK).blend(d, v.compare(VectorOperators.GT, 0)), dx, i);
    }
  }

  private static void eluBack(Floats y, Floats dy, Floats dx, int size) {
    for (int i = 0; i < size; i += LANES) {
      FloatVector v = load(y, i);
      FloatVector d = load(dy, i);
      store(d.mul(v.add(1)).blend(d, v.compare(VectorOperators.GT, 0)), dx, i);
    }
  }

  private static void seluBack(Floats y, Floats dy, Floats dx, int size) {
    for (int i = 0; i < size; i += LANES) {
      FloatVector v = load(y, i);
      FloatVector d = load(dy, i);
      store(
          d.mul(
              v.add(PlainActivationKernel.SELU_DEPTH)
                  .blend(PlainActivationKernel.SELU_SCALE, v.compare(VectorOperators.GT, 0))),
          dx,
          i);
    }
  }

  private static void geluBack(Floats y, Floats dy, Floats dx, int size) {
    for (int i = 0; i < size; i += LANES) {
      FloatVector v = load(y, i);
      FloatVector d = load(dy, i);
      store(d.mul(VectorFunctionsKernel.geluSlope(v)), dx, i);
    }
  }

  private static void sigmoidBack(Floats y, Floats dy, Floats dx, int size) {
    FloatVector one = all(1);
    for (int i = 0; i < size; i += LANES) {
      FloatVector v = load(y, i);
      FloatVector d = load(dy, i);
      store(d.mul(v.mul(one.sub(v))), dx, i);
    }
  }

  private static void tanhBack(Floats y, Floats dy, Floats dx, int size) {
    FloatVector one = all(1);
    for (int i = 0; i < size; i += LANES) {
      FloatVector v = load(y, i);
      FloatVector d = load(dy, i);
      store(d.mul(v.neg().fma(v, one)), dx, i);
    }
  }

  private static void softplusBack(Floats y, Floats dy, Floats dx, int size) {
    for (int i = 0; i < size; i += LANES) {
      FloatVector v = load(y, i);
      FloatVector d = load(dy, i);
      store(d.mul(VectorFunctionsKernel.expm1(v.neg()).neg()), dx, i);
    }
  }

  private static void swishBack(Floats y, Floats dy, Floats dx, int size) {
    for (int i = 0; i < size; i += LANES) {
      FloatVector v = load(y, i);
      FloatVector d = load(dy, i);
      store(d.mul(VectorFunctionsKernel.swishSlope(v)), dx, i);
    }
  }

  private static void mishBack(Floats y, Floats dy, Floats dx, int size) {
    for (int i = 0; i < size; i += LANES) {
      FloatVector v = load(y, i);
      FloatVector d = load(dy, i);
      store(d.mul(VectorFunctionsKernel.mishSlope(v)), dx, i);
    }
  }

  private static void expBack(Floats y, Floats dy, Floats dx, int size) {
    for (int i = 0; i < size; i += LANES) {
      FloatVector v = load(y, i);
      FloatVector d = load(dy, i);
      store(d.mul(v), dx, i);
    }
  }

  private static void clampBack(float least, Floats y, float most, Floats dy, Floats dx, int size) {
    FloatVector zero = all(0);
    for (int i = 0; i < size; i += LANES) {
      FloatVector v = load(y, i);
      store(zero.blend(load(dy, i), between(least, v, most)), dx, i);
    }
  }

  private static void hardSigmoidBack(float slope, Floats y, Floats dy, Floats dx, int size) {
    FloatVector zero = all(0);
    for (int i = 0; i < size; i += LANES) {
      FloatVector v = load(y, i);
      store(zero.blend(load(dy, i).mul(slope), between(0, v, 1)), dx, i);
    }
  }

  private static void softsignBack(Floats y, Floats dy, Floats dx, int size) {
    FloatVector one = all(1);
    for (int i = 0; i < size; i += LANES) {
      FloatVector root = one.sub(load(y, i).abs());
      store(load(dy, i).mul(root.mul(root)), dx, i);
    }
  }

  private static VectorMask<Float> between(float least, FloatVector v, float most) {
    return v.compare(VectorOperators.GT, least).and(v.compare(VectorOperators.LT, most));
  }

  @Override
  public void softmax(Floats x, Floats y, int units) {
    for (int at = 0; at < x.size(); at += units) {
      row.bind(x.array(), x.at() + at, units);
      result.bind(y.array(), y.at() + at, units);
      sums.addConstant(-sums.max(row), row, result);
    }
    forward(Activation.EXPONENTIAL, y, y);
    for (int at = 0; at < y.size(); at += units) {
      row.bind(y.array(), y.at() + at, units);
      sums.divide(row, sums.sum(row), row);
    }
  }

  @Override
  public void softmaxBackward(Floats y, Floats dy, Floats dx, int units) {
    for (int at = 0; at < y.size(); at += units) {
      row.bind(y.array(), y.at() + at, units);
      result.bind(dy.array(), dy.at() + at, units);
      float mean = sums.dot(row, result);
      rowOut.bind(dx.array(), dx.at() + at, units);
      sums.addConstant(-mean, result, rowOut);
      sums.multiply(row, rowOut, rowOut);
    }
  }

  private static FloatVector all(float number) {
    return FloatVector.broadcast(SPECIES, number);
  }

  private static FloatVector load(Floats x, int i) {
    return FloatVector.fromArray(SPECIES, x.array(), x.at() + i);
  }

  private static void store(FloatVector v, Floats y, int i) {
    v.intoArray(y.array(), y.at() + i);
  }
}
