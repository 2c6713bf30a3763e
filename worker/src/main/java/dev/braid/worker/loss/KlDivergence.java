package dev.braid.worker.loss;

import static dev.braid.worker.function.Transcendental.log;

import dev.braid.worker.function.Activation;

/** Sum over classes of y log(y / p), p = softmax(x): y is a distribution. */
public record KlDivergence() implements RowLoss {
  @Override
  public String name() {
    return "klDivergence";
  }

  @Override
  public Activation link() {
    return Activation.SOFTMAX;
  }

  @Override
  public Labels labels() {
    return Labels.VECTORS;
  }

  @Override
  public double ofRow(LossBatch batch, int row, double share) {
    double logOfSum = Softmax.logOfSum(batch, row);
    int from = row * batch.units();
    double value = 0;
    double mass = 0;
    for (int i = from; i < from + batch.units(); i++) {
      double y = batch.labels()[i];
      mass += y;
      value += y > 0 ? y * (log(y) - (batch.outputs()[i] - logOfSum)) : 0;
    }
    if (batch.gradient() != null) {
      Softmax.probabilities(batch, row, share * mass);
      for (int i = from; i < from + batch.units(); i++) {
        batch.gradient()[i] -= share * batch.labels()[i];
      }
    }
    return value;
  }
}
