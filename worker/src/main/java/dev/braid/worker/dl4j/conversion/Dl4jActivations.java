package dev.braid.worker.dl4j.conversion;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.worker.function.Activation;
import java.util.Arrays;
import java.util.Optional;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationHardSigmoid;
import org.nd4j.linalg.activations.impl.ActivationHardTanH;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationMish;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU6;
import org.nd4j.linalg.activations.impl.ActivationSELU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftPlus;
import org.nd4j.linalg.activations.impl.ActivationSoftSign;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.activations.impl.ActivationTanH;

/** Activations of equal values in Braid and in DL4J. */
final class Dl4jActivations {
  private static final JsonMapper JSON = new JsonMapper();

  private Dl4jActivations() {}

  /** DL4J's function of the same values; nothing where it has none. */
  static Optional<IActivation> theirs(Activation ours) {
    return Optional.ofNullable(
        switch (ours) {
          case IDENTITY -> new ActivationIdentity();
          case RELU -> new ActivationReLU();
          case LEAKY_RELU -> new ActivationLReLU(0.01);
          case RELU6 -> new ActivationReLU6();
          case ELU -> new ActivationELU(1.0);
          case SELU -> new ActivationSELU();
          case SIGMOID -> new ActivationSigmoid();
          case HARD_SIGMOID_5 -> new ActivationHardSigmoid();
          case TANH -> new ActivationTanH();
          case HARD_TANH -> new ActivationHardTanH();
          case SOFTPLUS -> new ActivationSoftPlus();
          case SOFTSIGN -> new ActivationSoftSign();
          case SOFTMAX -> new ActivationSoftmax();
          case SWISH -> new ActivationSwish();
          case MISH -> new ActivationMish();
          case GELU, HARD_SIGMOID, EXPONENTIAL -> null;
        });
  }

  /** Braid's function of the same values; nothing where it has none. */
  static Optional<Activation> ours(IActivation theirs) {
    if (theirs instanceof ActivationReLU relu) {
      boolean plain =
          isZero(relu.getMax()) && isZero(relu.getThreshold()) && isZero(relu.getNegativeSlope());
      return plain ? Optional.of(Activation.RELU) : Optional.empty();
    }
    return Arrays.stream(Activation.values())
        .filter(ours -> theirs(ours).filter(theirs::equals).isPresent())
        .findFirst();
  }

  /** As a job file writes it. */
  static String written(Activation ours) {
    return JSON.convertValue(ours, String.class);
  }

  private static boolean isZero(Double number) {
    return number == null || number == 0;
  }
}
