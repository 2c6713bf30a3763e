package dev.braid.worker.loss;

import dev.braid.worker.function.Activation;

/** -log p[y], p = softmax(x); y is the index of the class. */
public record CrossEntropy() implements RowLoss {
  @Override
  public String name() {
    return "crossEntropy";
  }

  @Override
  public Activation link() {
    return Activation.SOFTMAX;
  }

  @Override
  public Labels labels() {
    return Labels.CLASSES;
  }

  @Override
  public boolean isLabelled(LossBatch batch, int row) {
    return !Float.isNaN(batch.labels()[row]);
  }

  @Override
  public double ofRow(LossBatch batch, int row, double share) {
    int y = row * batch.units() + (int) batch.labels()[row];
    double value = Softmax.logOfSum(batch, row) - batch.outputs()[y];
    if (batch.gradient() != null) {
      Softmax.probabilities(batch, row, share);
      batch.gradient()[y] -= share;
    }
    return value;
  }
}
