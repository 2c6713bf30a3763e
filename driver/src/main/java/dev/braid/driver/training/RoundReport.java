package dev.braid.driver.training;

/**
 * What one round did.
 *
 * @param epoch passes over the data done before, from 0
 * @param round number of the round within the run, from 0
 * @param epochs passes over the data done after it, such as 1.25
 * @param rounds rounds the whole run will have, as far as known
 * @param steps optimizer steps done so far by all workers together
 * @param localSteps most steps a worker did in this round
 * @param loss mean over this round's examples of the loss their step minimised
 * @param learningRate at the round's first step
 * @param examples trained on in this round
 * @param computeSeconds in local passes, as if the cores had shared them evenly
 * @param exchangeSeconds encoding, sending, loading and averaging states
 * @param schedulingSeconds the rest of {@code seconds}: Spark's own work, and waiting
 * @param seconds from the round's begin to its end
 * @param spread how far the workers' parameters lay apart before averaging, relative to their size
 * @param cosine between the workers' changes, mean over all pairs: near 1 they agree, near 0 each
 *     goes its own way and averaging mostly cancels
 * @param localStepsReason why localSteps has just changed, empty when it has not
 */
public record RoundReport(
    int epoch,
    int round,
    double epochs,
    int rounds,
    long steps,
    int localSteps,
    double loss,
    double learningRate,
    long examples,
    double computeSeconds,
    double exchangeSeconds,
    double schedulingSeconds,
    double seconds,
    double spread,
    double cosine,
    String localStepsReason) {}
