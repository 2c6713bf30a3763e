package dev.braid.worker.function;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.braid.worker.parameter.Initialiser;

/** A function applied to each number of a layer's result; softmax: to each vector of features. */
public enum Activation {
  /** x. */
  @JsonProperty("identity")
  IDENTITY,
  /** max(x, 0). */
  @JsonProperty("relu")
  RELU,
  /** x where positive, else 0.01 x. */
  @JsonProperty("leakyRelu")
  LEAKY_RELU,
  /** min(max(x, 0), 6). */
  @JsonProperty("relu6")
  RELU6,
  /** x where positive, else exp(x) - 1 (arXiv:1511.07289). */
  @JsonProperty("elu")
  ELU,
  /** Scaled elu that keeps mean and variance (arXiv:1706.02515). */
  @JsonProperty("selu")
  SELU,
  /** x times the normal distribution function of x (arXiv:1606.08415). */
  @JsonProperty("gelu")
  GELU,
  /** 1 / (1 + exp(-x)). */
  @JsonProperty("sigmoid")
  SIGMOID,
  /** min(max(x / 6 + 1/2, 0), 1). */
  @JsonProperty("hardSigmoid")
  HARD_SIGMOID,
  /** min(max(x / 5 + 1/2, 0), 1), as Keras 2 and DL4J have it. */
  @JsonProperty("hardSigmoid5")
  HARD_SIGMOID_5,
  /** Hyperbolic tangent. */
  @JsonProperty("tanh")
  TANH,
  /** min(max(x, -1), 1). */
  @JsonProperty("hardTanh")
  HARD_TANH,
  /** exp(x) divided by its sum over the features (or channels). */
  @JsonProperty("softmax")
  SOFTMAX,
  /** log(1 + exp(x)). */
  @JsonProperty("softplus")
  SOFTPLUS,
  /** x / (1 + |x|). */
  @JsonProperty("softsign")
  SOFTSIGN,
  /** x sigmoid(x), also called silu (arXiv:1710.05941). */
  @JsonProperty("swish")
  SWISH,
  /** x tanh(softplus(x)) (arXiv:1908.08681). */
  @JsonProperty("mish")
  MISH,
  /** exp(x). */
  @JsonProperty("exponential")
  EXPONENTIAL;

  /** The initialiser that keeps the variance of signals through this activation. */
  public Initialiser fittingInitialiser() {
    return switch (this) {
      case RELU, LEAKY_RELU, RELU6, ELU, GELU, SWISH, MISH -> Initialiser.HE_NORMAL;
      case SELU -> Initialiser.LECUN_NORMAL;
      case IDENTITY,
          SIGMOID,
          HARD_SIGMOID,
          HARD_SIGMOID_5,
          TANH,
          HARD_TANH,
          SOFTMAX,
          SOFTPLUS,
          SOFTSIGN,
          EXPONENTIAL ->
          Initialiser.XAVIER_UNIFORM;
    };
  }
}
