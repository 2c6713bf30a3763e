package dev.braid.worker.optimizer;

/**
 * Steps along the running mean m of the gradient, divided by the root of its running mean square v,
 * both corrected for their start at zero: m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2)
 * g^2; p = p - lr (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon) (Kingma and Ba 2015,
 * arXiv:1412.6980, algorithm 1).
 *
 * @param learningRate step size, 0.001 by default
 * @param beta1 share of the mean that is kept, 0.9 by default
 * @param beta2 share of the mean square that is kept, 0.999 by default
 * @param epsilon keeps the divisor from zero, 1e-8 by default
 */
public record Adam(Double learningRate, Double beta1, Double beta2, Double epsilon)
    implements AdamFamily {
  public Adam {
    learningRate = Setting.learningRate(learningRate, 0.001);
    beta1 = Setting.decay("beta1", beta1, 0.9);
    beta2 = Setting.decay("beta2", beta2, 0.999);
    epsilon = Setting.epsilon(epsilon, 1e-8);
  }

  @Override
  public void updateInPlace(Slice slice, double learningRate, long update) {
    moveInPlace(slice, learningRate, update, 0, epsilon);
  }
}
