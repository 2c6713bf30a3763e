package dev.braid.worker.loss;

/** (p - y)^2 / 2 where |p - y| is at most 1, else |p - y| - 1/2 (Huber 1964). */
public record Huber() implements NumberLoss {
  @Override
  public String name() {
    return "huber";
  }

  @Override
  public Labels labels() {
    return Labels.NUMBERS;
  }

  @Override
  public double value(double x, double y) {
    double distance = Math.abs(x - y);
    return distance <= 1 ? distance * distance / 2 : distance - 0.5;
  }

  @Override
  public double slope(double x, double y) {
    return Math.max(-1, Math.min(1, x - y));
  }
}
