package dev.braid.worker.kernel;

import dev.braid.worker.function.Activation;

/** The meaning of the activations, in plain loops; serves where the Vector API is absent. */
final class PlainActivationKernel implements ActivationKernel {
  static final float LEAK = 0.01f;
  static final float SIXTH = 1 / 6f;
  static final float FIFTH = 0.2f;
  static final float SELU_SCALE = 1.050701f;
  static final float SELU_DEPTH = 1.7580993f;

  static final String OF_ROWS = "softmax is a function of rows";

  private final ReductionKernel sums = new PlainReductionKernel();
  private final Floats row = new Floats();
  private final Floats result = new Floats();

  @Override
  public void forward(Activation function, Floats x, Floats y) {
    float[] from = x.array();
    float[] to = y.array();
    for (int i = 0; i < x.size(); i++) {
      to[y.at() + i] = value(function, from[x.at() + i]);
    }
  }

  private static float value(Activation function, float x) {
    return switch (function) {
      case IDENTITY -> x;
      case RELU -> x < 0 ? 0 : x;
      case LEAKY_RELU -> x < 0 ? LEAK * x : x;
      case RELU6 -> clamped(0, x, 6);
      case ELU -> x < 0 ? FloatFunctions.expm1(x) : x;
      case SELU -> x < 0 ? SELU_DEPTH * FloatFunctions.expm1(x) : SELU_SCALE * x;
      case GELU -> x * FloatFunctions.normal(x);
      case SIGMOID -> FloatFunctions.sigmoid(x);
      case HARD_SIGMOID -> clamped(0, Math.fma(x, SIXTH, 0.5f), 1);
      case HARD_SIGMOID_5 -> clamped(0, Math.fma(x, FIFTH, 0.5f), 1);
      case TANH -> FloatFunctions.tanh(x);
      case HARD_TANH -> clamped(-1, x, 1);
      case SOFTMAX -> throw new IllegalStateException(OF_ROWS);
      case SOFTPLUS -> FloatFunctions.softplus(x);
      case SOFTSIGN -> x / (1 + Math.abs(x));
      case SWISH -> x * FloatFunctions.sigmoid(x);
      case MISH -> FloatFunctions.mish(x);
      case EXPONENTIAL -> FloatFunctions.exp(x);
    };
  }

  private static float clamped(float least, float x, float most) {
    float c = x < least ? least : x;
    return c > most ? most : c;
  }

  @Override
  public void backward(Activation function, Floats x, Floats y, Floats dy, Floats dx) {
    Floats of = ActivationKernel.needsInput(function) ? x : y;
    for (int i = 0; i < dy.size(); i++) {
      float number = of.array()[of.at() + i];
      dx.array()[dx.at() + i] = gradient(function, number, dy.array()[dy.at() + i]);
    }
  }

  /**
   * The gradient by x.
   *
   * @param y what the function gave; x for those that need their input
   */
  private static float gradient(Activation function, float y, float dy) {
    return switch (function) {
      case IDENTITY -> dy;
      case RELU -> y > 0 ? dy : 0;
      case LEAKY_RELU -> y > 0 ? dy : LEAK * dy;
      case RELU6 -> y > 0 && y < 6 ? dy : 0;
      case ELU -> y > 0 ? dy : dy * (y + 1);
      case SELU -> dy * (y > 0 ? SELU_SCALE : y + SELU_DEPTH);
      case GELU -> dy * FloatFunctions.geluSlope(y);
      case SIGMOID -> dy * (y * (1 - y));
      case HARD_SIGMOID -> y > 0 && y < 1 ? SIXTH * dy : 0;
      case HARD_SIGMOID_5 -> y > 0 && y < 1 ? FIFTH * dy : 0;
      case TANH -> dy * Math.fma(-y, y, 1);
      case HARD_TANH -> y > -1 && y < 1 ? dy : 0;
      case SOFTMAX -> throw new IllegalStateException(OF_ROWS);
      case SOFTPLUS -> dy * -FloatFunctions.expm1(-y);
      case SOFTSIGN -> dy * ((1 - Math.abs(y)) * (1 - Math.abs(y)));
      case SWISH -> dy * FloatFunctions.swishSlope(y);
      case MISH -> dy * FloatFunctions.mishSlope(y);
      case EXPONENTIAL -> dy * y;
    };
  }

  @Override
  public void softmax(Floats x, Floats y, int units) {
    for (int at = 0; at < x.size(); at += units) {
      row.bind(x.array(), x.at() + at, units);
      float largest = sums.max(row);
      result.bind(y.array(), y.at() + at, units);
      for (int i = 0; i < units; i++) {
        result.array()[result.at() + i] = FloatFunctions.exp(row.array()[row.at() + i] - largest);
      }
      float sum = sums.sum(result);
      for (int i = 0; i < units; i++) {
        result.array()[result.at() + i] /= sum;
      }
    }
  }

  @Override
  public void softmaxBackward(Floats y, Floats dy, Floats dx, int units) {
    for (int at = 0; at < y.size(); at += units) {
      row.bind(y.array(), y.at() + at, units);
      result.bind(dy.array(), dy.at() + at, units);
      float mean = sums.dot(row, result);
      for (int i = 0; i < units; i++) {
        dx.array()[dx.at() + at + i] =
            row.array()[row.at() + i] * (result.array()[result.at() + i] - mean);
      }
    }
  }
}
