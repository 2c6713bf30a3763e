package dev.braid.worker.optimizer;

/**
 * Adam with epsilon beside the root of the mean square before its correction, as DL4J, TensorFlow
 * and Keras have it: p = p - lr sqrt(1 - beta2^t) / (1 - beta1^t) m / (sqrt(v) + epsilon) (Kingma
 * and Ba 2015, arXiv:1412.6980, end of section 2, where this epsilon has a hat). That is {@link
 * Adam} with an epsilon of epsilon / sqrt(1 - beta2^t).
 *
 * <p>For networks that come with such an optimizer; job files have {@link Adam}.
 *
 * @param learningRate step size, 0.001 by default
 * @param beta1 share of the mean that is kept, 0.9 by default
 * @param beta2 share of the mean square that is kept, 0.999 by default
 * @param epsilon keeps the divisor from zero, 1e-8 by default
 */
public record AdamEpsilonHat(Double learningRate, Double beta1, Double beta2, Double epsilon)
    implements AdamFamily {
  public AdamEpsilonHat {
    Adam adam = new Adam(learningRate, beta1, beta2, epsilon);
    learningRate = adam.learningRate();
    beta1 = adam.beta1();
    beta2 = adam.beta2();
    epsilon = adam.epsilon();
  }

  @Override
  public void updateInPlace(Slice slice, double learningRate, long update) {
    double corrected = epsilon / StrictMath.sqrt(1 - AdamFamily.power(beta2, update + 1));
    moveInPlace(slice, learningRate, update, 0, corrected);
  }
}
