package dev.braid.worker.torch.layer;

import dev.braid.worker.function.Activation;
import dev.braid.worker.shape.Shape;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The activations, number by number; softmax along the channels. */
public final class Activations {
  private Activations() {}

  /**
   * activation(x).
   *
   * @param x [size, ...]
   * @param channelDim which dimension of x holds the channels
   */
  public static Tensor apply(Activation activation, Tensor x, int channelDim) {
    return switch (activation) {
      case IDENTITY -> x;
      case RELU -> x.relu();
      case LEAKY_RELU -> torch.leaky_relu(x);
      case RELU6 -> torch.relu6(x);
      case ELU -> torch.elu(x);
      case SELU -> torch.selu(x);
      case GELU -> torch.gelu(x);
      case SIGMOID -> torch.sigmoid(x);
      case HARD_SIGMOID -> torch.hardsigmoid(x);
      case HARD_SIGMOID_5 -> hardSigmoid5(x);
      case TANH -> torch.tanh(x);
      case HARD_TANH -> torch.hardtanh(x);
      // libtorch's loop over many short rows is half as fast as that over a few long ones.
      case SOFTMAX -> x.dim() == 2 ? torch.softmax(x.t(), 0).t() : torch.softmax(x, channelDim);
      case SOFTPLUS -> torch.softplus(x);
      case SOFTSIGN -> torch.softsign(x);
      case SWISH -> torch.silu(x);
      case MISH -> torch.mish(x);
      case EXPONENTIAL -> x.exp();
    };
  }

  private static Tensor hardSigmoid5(Tensor x) {
    Tensor line = x.mul(new Scalar(0.2)).add(new Scalar(0.5));
    return torch.hardtanh(line, new Scalar(0.0), new Scalar(1.0));
  }

  /** activation(x) where x is needed no more: may overwrite it. */
  static Tensor applyInPlace(Activation activation, Tensor x, int channelDim) {
    return activation == Activation.RELU ? x.relu_() : apply(activation, x, channelDim);
  }

  /** Which dimension of [size, shape...] holds the channels. */
  public static int channelDim(Shape shape) {
    return shape.channelAxis() + 1;
  }
}
