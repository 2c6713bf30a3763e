package dev.braid.worker.optimizer;

/**
 * Stochastic gradient descent: p = p - lr g (Robbins and Monro 1951).
 *
 * @param learningRate step size, 0.01 by default
 */
public record Sgd(Double learningRate) implements Optimizer {
  public Sgd {
    learningRate = Setting.learningRate(learningRate, 0.01);
  }

  @Override
  public int numSlots() {
    return 0;
  }

  @Override
  public void updateInPlace(Slice slice, double learningRate, long update) {
    float[] params = slice.params();
    float[] gradients = slice.gradients();
    float rate = (float) learningRate;
    for (int i = slice.from(); i < slice.to(); i++) {
      params[i] -= rate * Underflow.gradient(gradients[i]);
    }
  }
}
