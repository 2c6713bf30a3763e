package dev.braid.worker.optimizer;

/**
 * Nesterov's accelerated gradient: the gradient is taken where the velocity v is about to lead
 * (equations 3 and 4 of Sutskever, Martens, Dahl, Hinton 2013). The parameters kept are those
 * looked-ahead ones, as in equation 7 of Bengio, Boulanger-Lewandowski, Pascanu 2013
 * (arXiv:1212.0901): v = momentum v - lr g; p = p + momentum v - lr g, with the new v.
 *
 * @param learningRate step size, 0.01 by default
 * @param momentum share of the velocity that is kept, 0.9 by default
 */
public record Nesterov(Double learningRate, Double momentum) implements Optimizer {
  public Nesterov {
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
      float change = rate * Underflow.gradient(gradients[i]);
      float v = Underflow.memory(kept * velocity[i] - change);
      velocity[i] = v;
      params[i] += kept * v - change;
    }
  }
}
