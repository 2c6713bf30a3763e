package dev.braid.worker.optimizer;

import static dev.braid.worker.Check.require;

/** What the settings of several optimizers and schedules have in common. */
public final class Setting {
  private Setting() {}

  /** The setting, or its default where it was left out. */
  public static double orDefault(Double setting, double byDefault) {
    return setting == null ? byDefault : setting;
  }

  /** The learning rate or its default; refuses one that cannot be meant. */
  static double learningRate(Double setting, double byDefault) {
    double learningRate = orDefault(setting, byDefault);
    require(
        learningRate > 0 && Double.isFinite(learningRate),
        "learningRate must be above 0, got %s",
        learningRate);
    return learningRate;
  }

  /** A rate of decay or its default; refuses one outside [0, 1). */
  static double decay(String name, Double setting, double byDefault) {
    double decay = orDefault(setting, byDefault);
    require(decay >= 0 && decay < 1, "%s must be at least 0 and below 1, got %s", name, decay);
    return decay;
  }

  /** A divisor's guard or its default; refuses one that a float cannot tell from zero. */
  static double epsilon(Double setting, double byDefault) {
    double epsilon = orDefault(setting, byDefault);
    require(
        epsilon >= 1e-30 && epsilon <= 1, "epsilon must be between 1e-30 and 1, got %s", epsilon);
    return epsilon;
  }
}
