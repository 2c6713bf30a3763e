package dev.braid.driver.plan;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import dev.braid.driver.checkpoint.CheckpointPlan;
import dev.braid.driver.run.RunContext;
import dev.braid.worker.engine.LocalPass;
import dev.braid.worker.optimizer.Optimizer;
import dev.braid.worker.optimizer.rule.Clipping;
import dev.braid.worker.optimizer.rule.LearningRateSchedule;
import dev.braid.worker.optimizer.rule.Regularisation;
import dev.braid.worker.optimizer.rule.UpdateRule;
import java.util.Optional;

/**
 * How one training run is split, stepped and ended: section {@code training} of a job file.
 *
 * @param workers logical workers per round; independent of the cluster's size; 1 if left out
 * @param localSteps optimizer steps a worker takes between two averagings, a number or a rule; 10
 *     if left out
 * @param epochs passes over the training examples; 1 if left out
 * @param optimizer moves the parameters; may be left out where the network brings its own
 * @param schedule changes its learning rate over the run; constant if left out
 * @param regularisation penalty on large weights; none if left out
 * @param clipping limit on gradients; none if left out
 * @param earlyStopping ends the run when validation no longer improves; never if left out
 * @param reduceOnPlateau lowers the learning rate when validation no longer improves; never if left
 *     out
 * @param averaging how the workers' states become one; their mean if left out
 * @param checkpoint when the run is saved; every 10 minutes if left out
 * @param roundMinutes minutes a round may take before the run ends with an error; 60 if left out
 * @param classWeights what classes weigh in the loss; all the same if left out
 * @param truncate time steps after which the gradients of long sequences are cut off, for networks
 *     of recurrent layers with an output at each step: a mini-batch is then learned from in windows
 *     of so many steps, each an optimizer step that goes on from the state the one before has left,
 *     and localSteps counts mini-batches; sequences are taken whole if left out
 * @param movingAverage an average of the parameters over the run that becomes the model; the last
 *     ones do if left out
 */
public record TrainingPlan(
    Integer workers,
    @JsonDeserialize(using = LocalStepsReader.class) LocalSteps localSteps,
    Integer epochs,
    Optimizer optimizer,
    LearningRateSchedule schedule,
    Regularisation regularisation,
    Clipping clipping,
    EarlyStopping earlyStopping,
    ReduceOnPlateau reduceOnPlateau,
    Averaging averaging,
    CheckpointPlan checkpoint,
    Double roundMinutes,
    ClassWeights classWeights,
    Integer truncate,
    MovingAverage movingAverage) {
  public TrainingPlan {
    workers = workers == null ? 1 : workers;
    localSteps = localSteps == null ? new LocalSteps.Fixed(null) : localSteps;
    epochs = epochs == null ? 1 : epochs;
    averaging = averaging == null ? Averaging.DEFAULT : averaging;
    checkpoint = checkpoint == null ? CheckpointPlan.DEFAULT : checkpoint;
    roundMinutes = roundMinutes == null ? RunContext.DEFAULT_JOB_MINUTES : roundMinutes;
    require(roundMinutes > 0, "roundMinutes must be above 0, got %s", roundMinutes);
    require(workers > 0, "workers must be at least 1, got %d", workers);
    require(truncate == null || truncate > 0, "truncate must be at least 1, got %s", truncate);
    require(epochs > 0, "epochs must be at least 1, got %d", epochs);
    require(
        optimizer != null || (schedule == null && regularisation == null && clipping == null),
        "schedule, regularisation and clipping belong to an optimizer: set training.optimizer");
  }

  /** What happens between a gradient and the new parameters. */
  public UpdateRule rule() {
    require(
        optimizer != null,
        "training needs an optimizer, such as optimizer: {adam: {learningRate: 0.001}}");
    return new UpdateRule(optimizer, schedule, regularisation, clipping);
  }

  /** {@link #rule}, or empty where the network is to use an optimizer of its own. */
  public Optional<UpdateRule> ownRule() {
    return optimizer == null ? Optional.empty() : Optional.of(rule());
  }

  /**
   * The workers' learning rate before {@link LocalPass#rateFactor}; NaN where the network uses an
   * optimizer of its own.
   */
  public double learningRate(int epoch, long step) {
    return ownRule().map(rule -> rule.learningRate(epoch, step)).orElse(Double.NaN);
  }
}
