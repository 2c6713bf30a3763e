package dev.braid.jobs.task;

import dev.braid.worker.loss.NumberLoss;

/** 1 - cos(p - y), which whole turns do not change. */
public record DirectionLoss() implements NumberLoss {
  @Override
  public String name() {
    return "direction";
  }

  @Override
  public Labels labels() {
    return Labels.NUMBERS;
  }

  @Override
  public double value(double x, double y) {
    return 1 - StrictMath.cos(x - y);
  }

  @Override
  public double slope(double x, double y) {
    return StrictMath.sin(x - y);
  }
}
