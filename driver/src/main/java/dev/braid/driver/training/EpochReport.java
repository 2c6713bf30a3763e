package dev.braid.driver.training;

import dev.braid.driver.evaluation.Evaluation;
import dev.braid.driver.evaluation.TrainingSample;
import dev.braid.driver.plan.ReduceOnPlateau;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What one epoch did.
 *
 * @param epoch passes over the data done before, from 0
 * @param steps optimizer steps done so far by all workers together
 * @param loss mean over the epoch's examples of the loss their step minimised
 * @param training how the model does on a few of the training examples, see {@link TrainingSample}
 * @param validation how the model does on the validation examples, if there are any
 * @param verdict what follows from it
 * @param seconds spent since training began
 */
public record EpochReport(
    int epoch,
    long steps,
    double loss,
    Optional<Evaluation> training,
    Optional<Evaluation> validation,
    Verdict verdict,
    double seconds) {

  /**
   * What the rules of a training say after an epoch.
   *
   * @param best whether it is the best so far by the early-stopping metric
   * @param patienceLeft epochs without improvement after which early stopping ends the run; empty
   *     without it
   * @param rateFactor what the learning rate is multiplied with from now on, see {@link
   *     ReduceOnPlateau}
   */
  public record Verdict(boolean best, OptionalInt patienceLeft, double rateFactor) {}

  /** Whether it is the best so far by the early-stopping metric. */
  public boolean best() {
    return verdict.best();
  }

  /** What the learning rate is multiplied with from now on. */
  public double rateFactor() {
    return verdict.rateFactor();
  }
}
