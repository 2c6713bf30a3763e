package dev.braid.jobs.report;

import dev.braid.driver.training.EpochReport;
import dev.braid.driver.training.RoundReport;
import java.util.ArrayDeque;
import java.util.OptionalInt;

/**
 * How fast the rounds of a run go, by those of late (half of all, at most 200): what came before
 * the first round, or was slow at the beginning, does not last.
 */
final class Pace {
  private static final int LEAST_ROUNDS = 5;
  private static final int MOST_ROUNDS = 200;

  private final ArrayDeque<Double> ends = new ArrayDeque<>();
  private OptionalInt patienceLeft = OptionalInt.empty();
  private int numRounds;
  private int roundsInEpoch;
  private int roundsPerEpoch;

  /** Takes note of a round that has ended after so many seconds of the run. */
  void round(double seconds) {
    ends.add(seconds);
    numRounds++;
    roundsInEpoch++;
    int late = Math.max(LEAST_ROUNDS, Math.min(MOST_ROUNDS, numRounds / 2));
    while (ends.size() > late + 1) {
      ends.remove();
    }
  }

  void epoch(EpochReport report) {
    roundsPerEpoch = roundsInEpoch;
    roundsInEpoch = 0;
    patienceLeft = report.verdict().patienceLeft();
  }

  /** Until the last round there may be; NaN before the second has ended. */
  double secondsLeft(RoundReport now) {
    return secondsPerRound() * (now.at().rounds() - now.at().round() - 1);
  }

  /**
   * Until early stopping ends the run if nothing improves any more; infinite while that is open.
   */
  double secondsOfPatience(RoundReport now) {
    return patienceLeft.isPresent() && roundsPerEpoch > 0
        ? secondsPerRound() * Math.max(0, patienceLeft.getAsInt() * roundsPerEpoch - roundsInEpoch)
        : Double.POSITIVE_INFINITY;
  }

  private double secondsPerRound() {
    return ends.size() < 2 ? Double.NaN : (ends.peekLast() - ends.peekFirst()) / (ends.size() - 1);
  }
}
