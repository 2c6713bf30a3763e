package dev.braid.worker.loss;

/** |p - y|. */
public record MeanAbsolute() implements NumberLoss {
  @Override
  public String name() {
    return "meanAbsolute";
  }

  @Override
  public Labels labels() {
    return Labels.NUMBERS;
  }

  @Override
  public double value(double x, double y) {
    return Math.abs(x - y);
  }

  @Override
  public double slope(double x, double y) {
    return Math.signum(x - y);
  }
}
