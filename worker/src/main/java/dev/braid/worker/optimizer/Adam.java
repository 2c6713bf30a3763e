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
    implements Optimizer {
  public Adam {
    learningRate = Setting.orDefault(learningRate, 0.001);
    beta1 = Setting.orDefault(beta1, 0.9);
    beta2 = Setting.orDefault(beta2, 0.999);
    epsilon = Setting.orDefault(epsilon, 1e-8);
    Setting.requireLearningRate(learningRate);
    Setting.requireDecay("beta1", beta1);
    Setting.requireDecay("beta2", beta2);
    Setting.requireEpsilon(epsilon);
  }

  @Override
  public int numSlots() {
    return 2;
  }

  @Override
  public boolean countsUpdates() {
    return true;
  }

  @Override
  public void updateInPlace(Slice slice, double learningRate, long update) {
    updateInPlace(slice, learningRate, update, 0);
  }

  /** The same, with the parameters made smaller by {@code shrink} of themselves first. */
  void updateInPlace(Slice slice, double learningRate, long update, double shrink) {
    updateInPlace(slice, learningRate, update, shrink, epsilon);
  }

  /** The same with another epsilon. */
  void updateInPlace(Slice slice, double learningRate, long update, double shrink, double epsilon) {
    float[] params = slice.params();
    float[] gradients = slice.gradients();
    float[] mean = slice.slots()[0];
    float[] meanSquare = slice.slots()[1];
    float keptMean = beta1.floatValue();
    float freshMean = (float) (1 - beta1);
    float keptSquare = beta2.floatValue();
    float freshSquare = (float) (1 - beta2);
    float rate = (float) (learningRate / (1 - StrictMath.pow(beta1, update + 1.0)));
    float rootScale = (float) (1 / StrictMath.sqrt(1 - StrictMath.pow(beta2, update + 1.0)));
    float guard = (float) epsilon;
    float keptParams = (float) (1 - shrink);
    for (int i = slice.from(); i < slice.to(); i++) {
      float g = Underflow.gradient(gradients[i]);
      float m = Underflow.memory(keptMean * mean[i] + freshMean * g);
      float v = Underflow.memory(keptSquare * meanSquare[i] + freshSquare * g * g);
      mean[i] = m;
      meanSquare[i] = v;
      float direction = m / ((float) Math.sqrt(v) * rootScale + guard);
      params[i] = keptParams * params[i] - rate * direction;
    }
  }
}
