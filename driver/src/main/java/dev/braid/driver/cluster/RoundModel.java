package dev.braid.driver.cluster;

import static dev.braid.worker.Check.require;

/**
 * How long a round takes on a cluster, from rounds measured there: a plain function.
 *
 * <pre>
 *   round = one + (workers - 1) * further + turns * localSteps * step
 *   turns = workers / cores, rounded up
 * </pre>
 *
 * @param oneWorkerSeconds of a round of one worker beyond its steps: broadcasting, scheduling
 * @param furtherWorkerSeconds each further worker adds: its task, its state, its share of averaging
 * @param stepSecondsAlone of an optimizer step while no other worker computes
 * @param stepSecondsTogether while all cores compute that were there when it was measured
 * @param cores there were then
 */
public record RoundModel(
    double oneWorkerSeconds,
    double furtherWorkerSeconds,
    double stepSecondsAlone,
    double stepSecondsTogether,
    int cores) {

  /**
   * Rounds that were measured.
   *
   * @param workers that took part
   * @param cores they shared
   * @param localSteps each took
   * @param stepSeconds of one optimizer step
   * @param roundSeconds of a whole round
   */
  public record Measured(
      int workers, int cores, int localSteps, double stepSeconds, double roundSeconds) {
    double beyondSteps() {
      return Math.max(0, roundSeconds - turns(workers, cores) * localSteps * stepSeconds);
    }
  }

  /**
   * The line through two measurements.
   *
   * @param one of a single worker
   * @param several of two workers or more
   */
  public static RoundModel of(Measured one, Measured several) {
    require(
        one.workers == 1 && several.workers > 1,
        "a single worker and several are needed, got %d and %d",
        one.workers,
        several.workers);
    double slope = (several.beyondSteps() - one.beyondSteps()) / (several.workers - 1);
    return new RoundModel(
        one.beyondSteps(),
        Math.max(0, slope),
        one.stepSeconds,
        several.stepSeconds,
        Math.min(several.workers, several.cores));
  }

  /** Seconds of a round of {@code workers} workers on {@code cores} cores. */
  public double roundSeconds(int workers, int cores, int localSteps) {
    return beyondSteps(workers)
        + turns(workers, cores) * localSteps * stepSeconds(Math.min(workers, cores));
  }

  private double beyondSteps(int workers) {
    return oneWorkerSeconds + (workers - 1) * furtherWorkerSeconds;
  }

  /** Seconds of a step while {@code busy} cores compute. */
  private double stepSeconds(int busy) {
    if (cores == 1) {
      return stepSecondsAlone;
    }
    double share = Math.min(1, (busy - 1.0) / (cores - 1.0));
    return stepSecondsAlone + share * (stepSecondsTogether - stepSecondsAlone);
  }

  /** How many times as many examples a second as one core that trains without rounds. */
  public double speedUp(int workers, int cores, int localSteps) {
    return workers * localSteps * stepSecondsAlone / roundSeconds(workers, cores, localSteps);
  }

  /** Least local steps with which steps are {@code share} of a round, 0 &lt; share &lt; 1. */
  public int localStepsFor(int workers, int cores, double share) {
    double step = turns(workers, cores) * stepSeconds(Math.min(workers, cores));
    return Math.max(1, (int) Math.ceil(beyondSteps(workers) * share / (1 - share) / step));
  }

  private static int turns(int workers, int cores) {
    return (workers + cores - 1) / cores;
  }
}
