package dev.braid.driver.training;

import java.util.Optional;

/**
 * What one epoch did.
 *
 * @param epoch passes over the data done before, from 0
 * @param steps optimizer steps done so far by all workers together
 * @param loss mean over the epoch's examples of the loss their step minimised
 * @param validation how the model does on the validation examples, if there are any
 * @param best whether it is the best so far by the early-stopping metric
 * @param rateFactor what the learning rate is multiplied with after it, see {@link ReduceOnPlateau}
 * @param seconds spent since training began
 */
public record EpochReport(
    int epoch,
    long steps,
    double loss,
    Optional<Evaluation> validation,
    boolean best,
    double rateFactor,
    double seconds) {}
