package dev.braid.worker.loss;

import dev.braid.worker.function.Activation;
import dev.braid.worker.function.Transcendental;

/** p - y log p up to a constant, p = exp(x): counts. */
public record Poisson() implements NumberLoss {
  @Override
  public String name() {
    return "poisson";
  }

  @Override
  public Activation link() {
    return Activation.EXPONENTIAL;
  }

  @Override
  public Labels labels() {
    return Labels.NUMBERS;
  }

  @Override
  public double value(double x, double y) {
    return Transcendental.exp(x) - y * x;
  }

  @Override
  public double slope(double x, double y) {
    return Transcendental.exp(x) - y;
  }
}
