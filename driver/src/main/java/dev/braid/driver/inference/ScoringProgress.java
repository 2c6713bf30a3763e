package dev.braid.driver.inference;

/**
 * How far a scoring is.
 *
 * @param batch the number of the batch of files it is at
 * @param rows of the batch that are scored, as far as tasks have ended
 * @param quarantined rows of the batch that could not be scored, as far as tasks have ended
 * @param batchSeconds since the batch began
 * @param share of the run that is done: of its files, and in the batch of its tasks
 * @param seconds since the run began
 */
public record ScoringProgress(
    long batch, long rows, long quarantined, double batchSeconds, double share, double seconds) {

  /** Of a run of one batch. */
  public ScoringProgress(long batch, long rows, long quarantined, double share, double seconds) {
    this(batch, rows, quarantined, seconds, share, seconds);
  }

  /** The same within a run. */
  ScoringProgress of(double shareOfRun, double secondsOfRun) {
    return new ScoringProgress(batch, rows, quarantined, batchSeconds, shareOfRun, secondsOfRun);
  }

  /** Seconds the rest will take if it goes on like this; NaN where nothing is done yet. */
  public double secondsLeft() {
    return share == 0 ? Double.NaN : seconds * (1 - share) / share;
  }
}
