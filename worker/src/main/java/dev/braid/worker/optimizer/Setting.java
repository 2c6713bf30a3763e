package dev.braid.worker.optimizer;

import static dev.braid.worker.Check.require;

/** What the settings of several optimizers and schedules have in common. */
public final class Setting {
  private Setting() {}

  /** The setting, or its default where it was left out. */
  public static double orDefault(Double setting, double byDefault) {
    return setting == null ? byDefault : setting;
  }

  /** Refuses a learning rate that cannot be meant. */
  static void requireLearningRate(double learningRate) {
    require(
        learningRate > 0 && Double.isFinite(learningRate),
        "learningRate must be above 0, got %s",
        learningRate);
  }

  /** Refuses a rate of decay outside [0, 1). */
  static void requireDecay(String name, double value) {
    require(value >= 0 && value < 1, "%s must be at least 0 and below 1, got %s", name, value);
  }

  /** Refuses a divisor's guard that a float cannot tell from zero. */
  static void requireEpsilon(double epsilon) {
    require(
        epsilon >= 1e-30 && epsilon <= 1, "epsilon must be between 1e-30 and 1, got %s", epsilon);
  }
}
