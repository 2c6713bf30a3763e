package dev.braid.worker.optimizer;

/**
 * Steps divided by the running root mean square s of the gradient: s = decay s + (1 - decay) g^2; p
 * = p - lr g / (sqrt(s) + epsilon) (Tieleman and Hinton, Coursera lecture 6.5, 2012).
 *
 * @param learningRate step size, 0.001 by default
 * @param decay share of the mean square that is kept, 0.9 by default
 * @param epsilon keeps the divisor from zero, 1e-8 by default
 */
public record RmsProp(Double learningRate, Double decay, Double epsilon) implements Optimizer {
  public RmsProp {
    learningRate = Setting.learningRate(learningRate, 0.001);
    decay = Setting.decay("decay", decay, 0.9);
    epsilon = Setting.epsilon(epsilon, 1e-8);
  }

  @Override
  public void updateInPlace(Slice slice, double learningRate, long update) {
    float[] params = slice.params();
    float[] gradients = slice.gradients();
    float[] meanSquare = slice.slots()[0];
    float rate = (float) learningRate;
    float kept = decay.floatValue();
    float fresh = (float) (1 - decay);
    float guard = epsilon.floatValue();
    for (int i = slice.from(); i < slice.to(); i++) {
      float g = Underflow.gradient(gradients[i]);
      float s = Underflow.memory(kept * meanSquare[i] + fresh * g * g);
      meanSquare[i] = s;
      params[i] -= rate * (g / ((float) Math.sqrt(s) + guard));
    }
  }
}
