package dev.braid.driver.training;

import dev.braid.driver.plan.Averaging;
import dev.braid.driver.plan.EarlyStopping;
import dev.braid.driver.plan.LocalSteps;
import dev.braid.driver.plan.MovingAverage;
import dev.braid.driver.plan.ReduceOnPlateau;
import dev.braid.driver.plan.TrainingPlan;
import dev.braid.worker.optimizer.Optimizer;
import dev.braid.worker.optimizer.rule.Clipping;
import dev.braid.worker.optimizer.rule.LearningRateSchedule;
import dev.braid.worker.optimizer.rule.Regularisation;

/** A training plan of some settings; the others are as in a job file that leaves them out. */
public final class PlanOf {
  private final int workers;
  private final LocalSteps localSteps;
  private final int epochs;
  private final Optimizer optimizer;
  private LearningRateSchedule schedule;
  private Regularisation regularisation;
  private Clipping clipping;
  private EarlyStopping earlyStopping;
  private ReduceOnPlateau reduceOnPlateau;
  private Averaging averaging;
  private Double roundMinutes;
  private MovingAverage movingAverage;

  /** Plain averaging. */
  public PlanOf(int workers, LocalSteps localSteps, int epochs, Optimizer optimizer) {
    this.workers = workers;
    this.localSteps = localSteps;
    this.epochs = epochs;
    this.optimizer = optimizer;
  }

  /** Plain averaging after so many steps. */
  public PlanOf(int workers, int localSteps, int epochs, Optimizer optimizer) {
    this(workers, new LocalSteps.Fixed(localSteps), epochs, optimizer);
  }

  public PlanOf schedule(LearningRateSchedule value) {
    schedule = value;
    return this;
  }

  public PlanOf regularisation(Regularisation value) {
    regularisation = value;
    return this;
  }

  public PlanOf clipping(Clipping value) {
    clipping = value;
    return this;
  }

  public PlanOf earlyStopping(EarlyStopping value) {
    earlyStopping = value;
    return this;
  }

  public PlanOf reduceOnPlateau(ReduceOnPlateau value) {
    reduceOnPlateau = value;
    return this;
  }

  public PlanOf averaging(Averaging value) {
    averaging = value;
    return this;
  }

  public PlanOf roundMinutes(Double value) {
    roundMinutes = value;
    return this;
  }

  public PlanOf movingAverage(MovingAverage value) {
    movingAverage = value;
    return this;
  }

  /** The plan. */
  public TrainingPlan plan() {
    return new TrainingPlan(
        workers,
        localSteps,
        epochs,
        optimizer,
        schedule,
        regularisation,
        clipping,
        earlyStopping,
        reduceOnPlateau,
        averaging,
        null,
        roundMinutes,
        null,
        null,
        movingAverage);
  }
}
