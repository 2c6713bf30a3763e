package dev.braid.worker.loss;

/** max(0, 1 - t p)^2, t = 1 where y is above 0, else -1. */
public record SquaredHinge() implements NumberLoss {
  @Override
  public String name() {
    return "squaredHinge";
  }

  @Override
  public Labels labels() {
    return Labels.SIGNS;
  }

  @Override
  public double value(double x, double y) {
    double missing = Math.max(0, 1 - (y > 0 ? x : -x));
    return missing * missing;
  }

  @Override
  public double slope(double x, double y) {
    double sign = y > 0 ? 1 : -1;
    return -2 * sign * Math.max(0, 1 - sign * x);
  }
}
