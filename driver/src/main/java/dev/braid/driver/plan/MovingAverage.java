package dev.braid.driver.plan;

import static dev.braid.worker.Check.require;

/**
 * An average of the parameters over a run, which is validated, chosen and kept in the model instead
 * of the last ones; the training itself does not see it. Either the exponentially weighted one, v =
 * decay v + (1 - decay) p after each step, from zeros and divided by 1 - decay^steps so that it is
 * not drawn to them, or the plain mean from an epoch on (Polyak and Juditsky 1992;
 * arXiv:1803.05407). The parameters that a round of averaging ends with stand for all of its steps:
 * with one worker and {@code localSteps: 1} this is the average over single steps. Running means
 * and variances of batch normalisation are averaged with the same weights.
 *
 * @param decay of the exponentially weighted one, such as 0.999
 * @param meanFromEpoch the first epoch, from 1, whose rounds count in the plain mean; until then
 *     the last parameters are scored
 */
public record MovingAverage(Double decay, Integer meanFromEpoch) {
  public MovingAverage {
    require(
        (decay == null) != (meanFromEpoch == null),
        "movingAverage needs either decay, such as 0.999, or meanFromEpoch");
    require(
        decay == null || (decay > 0 && decay < 1),
        "movingAverage.decay must be above 0 and below 1, got %s",
        decay);
    require(
        meanFromEpoch == null || meanFromEpoch > 0,
        "movingAverage.meanFromEpoch must be at least 1, got %s",
        meanFromEpoch);
  }

  /** Whether the steps of an epoch, counted from 0, are part of the average. */
  public boolean counts(int epoch) {
    return meanFromEpoch == null || epoch >= meanFromEpoch - 1;
  }

  /**
   * What the parameters after a round weigh in the average, which all before them share the rest
   * of.
   *
   * @param steps of the round
   * @param all steps that are part of the average, with those of the round
   */
  public double weight(long steps, long all) {
    return decay == null ? (double) steps / all : forgotten(steps) / forgotten(all);
  }

  /** 1 - decay^steps. */
  private double forgotten(long steps) {
    return -StrictMath.expm1(steps * StrictMath.log(decay));
  }

  /** What it is, in a few words. */
  public String describe() {
    return decay == null
        ? "mean of the parameters from epoch " + meanFromEpoch + " on"
        : "moving average of the parameters, decay " + decay;
  }
}
