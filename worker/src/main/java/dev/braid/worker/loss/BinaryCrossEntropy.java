package dev.braid.worker.loss;

import dev.braid.worker.function.Activation;
import dev.braid.worker.function.Transcendental;

/** -y log p - (1 - y) log(1 - p), p = sigmoid(x); y between 0 and 1: any number of classes. */
public record BinaryCrossEntropy() implements NumberLoss {
  @Override
  public String name() {
    return "binaryCrossEntropy";
  }

  @Override
  public Activation link() {
    return Activation.SIGMOID;
  }

  @Override
  public Labels labels() {
    return Labels.SHARES;
  }

  @Override
  public double value(double x, double y) {
    return Transcendental.softplus(x) - y * x;
  }

  @Override
  public double slope(double x, double y) {
    return Transcendental.sigmoid(x) - y;
  }
}
