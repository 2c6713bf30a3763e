package dev.braid.jobs.metrics;

/**
 * Where the time of a run's rounds went.
 *
 * @param compute in local passes
 * @param exchange sending and averaging states
 * @param scheduling Spark's own work, and waiting
 */
public record RoundSeconds(double compute, double exchange, double scheduling) {
  /** Of whole rounds. */
  public double all() {
    return compute + exchange + scheduling;
  }

  RoundSeconds plus(RoundSeconds other) {
    return new RoundSeconds(
        compute + other.compute, exchange + other.exchange, scheduling + other.scheduling);
  }
}
