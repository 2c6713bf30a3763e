package dev.braid.worker.optimizer;

/**
 * Steps divided by the root of the sum s of all squared gradients so far: s = s + g^2; p = p - lr g
 * / (sqrt(s) + epsilon) (Duchi, Hazan, Singer 2011).
 *
 * @param learningRate step size, 0.01 by default
 * @param epsilon keeps the divisor from zero, 1e-10 by default
 */
public record AdaGrad(Double learningRate, Double epsilon) implements Optimizer {
  public AdaGrad {
    learningRate = Setting.learningRate(learningRate, 0.01);
    epsilon = Setting.epsilon(epsilon, 1e-10);
  }

  @Override
  public void updateInPlace(Slice slice, double learningRate, long update) {
    float[] params = slice.params();
    float[] gradients = slice.gradients();
    float[] sumOfSquares = slice.slots()[0];
    float rate = (float) learningRate;
    float guard = epsilon.floatValue();
    for (int i = slice.from(); i < slice.to(); i++) {
      float g = Underflow.gradient(gradients[i]);
      float s = sumOfSquares[i] + g * g;
      sumOfSquares[i] = s;
      params[i] -= rate * (g / ((float) Math.sqrt(s) + guard));
    }
  }
}
