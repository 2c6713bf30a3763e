package dev.braid.worker.loss;

/** (p - y)^2. */
public record MeanSquared() implements NumberLoss {
  @Override
  public String name() {
    return "meanSquared";
  }

  @Override
  public Labels labels() {
    return Labels.NUMBERS;
  }

  @Override
  public double value(double x, double y) {
    return (x - y) * (x - y);
  }

  @Override
  public double slope(double x, double y) {
    return 2 * (x - y);
  }
}
