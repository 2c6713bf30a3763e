package dev.braid.driver.training;

import static dev.braid.worker.Check.require;

import dev.braid.worker.optimizer.Clipping;
import dev.braid.worker.optimizer.Optimizer;
import dev.braid.worker.optimizer.Regularisation;
import dev.braid.worker.optimizer.Schedule;
import dev.braid.worker.optimizer.UpdateRule;

/**
 * How one training run is split, stepped and ended: section {@code training} of a job file.
 *
 * @param workers logical workers per round; independent of the cluster's size; 1 if left out
 * @param localSteps optimizer steps a worker takes between two averagings; 10 if left out
 * @param epochs passes over the training examples; 1 if left out
 * @param optimizer moves the parameters
 * @param schedule changes its learning rate over the run; constant if left out
 * @param regularisation penalty on large weights; none if left out
 * @param clipping limit on gradients; none if left out
 * @param earlyStopping ends the run when validation no longer improves; never if left out
 */
public record TrainingPlan(
    Integer workers,
    Integer localSteps,
    Integer epochs,
    Optimizer optimizer,
    Schedule schedule,
    Regularisation regularisation,
    Clipping clipping,
    EarlyStopping earlyStopping) {
  public TrainingPlan {
    workers = workers == null ? 1 : workers;
    localSteps = localSteps == null ? 10 : localSteps;
    epochs = epochs == null ? 1 : epochs;
    require(workers > 0, "workers must be at least 1, got %d", workers);
    require(localSteps > 0, "localSteps must be at least 1, got %d", localSteps);
    require(epochs > 0, "epochs must be at least 1, got %d", epochs);
    require(
        optimizer != null,
        "training needs an optimizer, such as optimizer: {adam: {learningRate: 0.001}}");
  }

  /** What happens between a gradient and the new parameters. */
  public UpdateRule rule() {
    return new UpdateRule(optimizer, schedule, regularisation, clipping);
  }
}
