package dev.braid.worker.kernel;

import dev.braid.worker.function.Activation;

/** The activations and their gradients, number by number; softmax over rows. */
public interface ActivationKernel {
  /**
   * y = f(x).
   *
   * @param function any but softmax
   * @param y may be x
   */
  void forward(Activation function, Floats x, Floats y);

  /**
   * The gradient by x from that by y: dx = dy f'(x).
   *
   * @param function any but softmax
   * @param x what it was applied to; looked at only where {@link #needsInput}
   * @param dx may be dy
   */
  void backward(Activation function, Floats x, Floats y, Floats dy, Floats dx);

  /** y = softmax of each row of {@code units} numbers; y may be x. */
  void softmax(Floats x, Floats y, int units);

  /** dx = y (dy - sum(y dy)) for each row of {@code units} numbers; dx may be dy. */
  void softmaxBackward(Floats y, Floats dy, Floats dx, int units);

  /** Whether the gradient is not a function of y alone. */
  static boolean needsInput(Activation function) {
    return switch (function) {
      case GELU, SWISH, MISH -> true;
      case IDENTITY,
          RELU,
          LEAKY_RELU,
          RELU6,
          ELU,
          SELU,
          SIGMOID,
          HARD_SIGMOID,
          HARD_SIGMOID_5,
          TANH,
          HARD_TANH,
          SOFTMAX,
          SOFTPLUS,
          SOFTSIGN,
          EXPONENTIAL ->
          false;
    };
  }
}
