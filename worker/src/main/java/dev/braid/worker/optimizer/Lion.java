package dev.braid.worker.optimizer;

/**
 * Steps of one size along the sign of an average m of gradients: p = p - lr sign(beta1 m + (1 -
 * beta1) g); m = beta2 m + (1 - beta2) g (Chen et al. 2023, arXiv 2302.06675).
 *
 * @param learningRate step size, 0.0001 by default
 * @param beta1 share of the average in a step, 0.9 by default
 * @param beta2 share of the average that is kept, 0.99 by default
 */
public record Lion(Double learningRate, Double beta1, Double beta2) implements Optimizer {
  public Lion {
    learningRate = Setting.learningRate(learningRate, 0.0001);
    beta1 = Setting.decay("beta1", beta1, 0.9);
    beta2 = Setting.decay("beta2", beta2, 0.99);
  }

  @Override
  public void updateInPlace(Slice slice, double learningRate, long update) {
    float[] params = slice.params();
    float[] gradients = slice.gradients();
    float[] average = slice.slots()[0];
    float rate = (float) learningRate;
    float inStep = beta1.floatValue();
    float kept = beta2.floatValue();
    for (int i = slice.from(); i < slice.to(); i++) {
      float g = Underflow.gradient(gradients[i]);
      params[i] -= rate * Math.signum(inStep * average[i] + (1 - inStep) * g);
      average[i] = Underflow.memory(kept * average[i] + (1 - kept) * g);
    }
  }
}
