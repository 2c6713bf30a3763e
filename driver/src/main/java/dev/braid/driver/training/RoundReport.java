package dev.braid.driver.training;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

/**
 * What one round did; in JSON without sections.
 *
 * @param at where the run stands after it
 * @param pass what the workers did
 * @param times where its time went
 * @param divergence of the workers before averaging
 * @param localStepsReason why localSteps has just changed, empty when it has not
 */
public record RoundReport(
    @JsonUnwrapped At at,
    @JsonUnwrapped Pass pass,
    @JsonUnwrapped Times times,
    @JsonUnwrapped Divergence divergence,
    String localStepsReason) {

  /**
   * Where a run stands.
   *
   * @param epoch passes over the data done before, from 0
   * @param round number of the round within the run, from 0
   * @param epochs passes over the data done after it, such as 1.25
   * @param rounds rounds the whole run will have, as far as known
   * @param steps optimizer steps done so far by all workers together
   */
  public record At(int epoch, int round, double epochs, int rounds, long steps) {}

  /**
   * What the workers did in a round.
   *
   * @param localSteps most steps of one
   * @param loss mean over the round's examples of the loss their step minimised
   * @param learningRate at the round's first step
   * @param examples trained on
   */
  public record Pass(int localSteps, double loss, double learningRate, long examples) {}

  /**
   * Where a round's time went.
   *
   * @param computeSeconds in local passes, as if the cores had shared them evenly
   * @param exchangeSeconds encoding, sending, loading and averaging states
   * @param schedulingSeconds the rest of {@code seconds}: Spark's own work, and waiting
   * @param seconds from the round's begin to its end
   */
  public record Times(
      double computeSeconds, double exchangeSeconds, double schedulingSeconds, double seconds) {}

  /**
   * How far the workers went apart.
   *
   * @param spread how far their parameters lay apart before averaging, relative to their size
   * @param cosine between their changes, mean over all pairs: near 1 they agree, near 0 each goes
   *     its own way and averaging mostly cancels
   */
  public record Divergence(double spread, double cosine) {}
}
