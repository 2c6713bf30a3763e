package dev.braid.worker.optimizer;

import static dev.braid.worker.Check.require;

/**
 * Adam with weight decay apart from the gradient: weights first become p = p - lr weightDecay p,
 * then Adam's step follows; biases and gains do not decay (Loshchilov and Hutter 2019,
 * arXiv:1711.05101, algorithm 2; the decay is multiplied with the whole learning rate, as PyTorch
 * does, not with the schedule's factor alone).
 *
 * @param learningRate step size, 0.001 by default
 * @param beta1 share of the mean that is kept, 0.9 by default
 * @param beta2 share of the mean square that is kept, 0.999 by default
 * @param epsilon keeps the divisor from zero, 1e-8 by default
 * @param weightDecay share of a weight that is taken away per unit of learning rate, 0.01 by
 *     default
 */
public record AdamW(
    Double learningRate, Double beta1, Double beta2, Double epsilon, Double weightDecay)
    implements AdamFamily {
  public AdamW {
    Adam adam = new Adam(learningRate, beta1, beta2, epsilon);
    learningRate = adam.learningRate();
    beta1 = adam.beta1();
    beta2 = adam.beta2();
    epsilon = adam.epsilon();
    weightDecay = Setting.orDefault(weightDecay, 0.01);
    require(
        weightDecay >= 0 && weightDecay * learningRate < 1,
        "weightDecay must be at least 0 and below 1/learningRate, got %s",
        weightDecay);
  }

  @Override
  public void updateInPlace(Slice slice, double learningRate, long update) {
    double shrink = slice.tensor().isWeight() ? learningRate * weightDecay : 0;
    moveInPlace(slice, learningRate, update, shrink, epsilon);
  }
}
