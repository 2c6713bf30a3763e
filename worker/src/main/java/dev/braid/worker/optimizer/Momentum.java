package dev.braid.worker.optimizer;

/**
 * Gradient descent with a velocity v: v = momentum v - lr g; p = p + v (Polyak 1964; equations 1
 * and 2 of Sutskever, Martens, Dahl, Hinton 2013).
 *
 * @param learningRate step size, 0.01 by default
 * @param momentum share of the velocity that is kept, 0.9 by default
 */
public record Momentum(Double learningRate, Double momentum) implements Optimizer {
  public Momentum {
    learningRate = Setting.learningRate(learningRate, 0.01);
    momentum = Setting.decay("momentum", momentum, 0.9);
  }

  @Override
  public void updateInPlace(Slice slice, double learningRate, long update) {
    float[] params = slice.params();
    float[] gradients = slice.gradients();
    float[] velocity = slice.slots()[0];
    float rate = (float) learningRate;
    float kept = momentum.floatValue();
    for (int i = slice.from(); i < slice.to(); i++) {
      float v = Underflow.memory(kept * velocity[i] - rate * Underflow.gradient(gradients[i]));
      velocity[i] = v;
      params[i] += v;
    }
  }
}
