package dev.braid.worker.loss;

/** max(0, 1 - t p), t = 1 where y is above 0, else -1: labels 0 and 1 or -1 and 1. */
public record Hinge() implements NumberLoss {
  @Override
  public String name() {
    return "hinge";
  }

  @Override
  public Labels labels() {
    return Labels.SIGNS;
  }

  @Override
  public double value(double x, double y) {
    return Math.max(0, 1 - (y > 0 ? x : -x));
  }

  @Override
  public double slope(double x, double y) {
    double sign = y > 0 ? 1 : -1;
    return sign * x < 1 ? -sign : 0;
  }
}
