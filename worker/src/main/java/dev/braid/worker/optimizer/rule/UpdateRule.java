package dev.braid.worker.optimizer.rule;

import static dev.braid.worker.Check.require;

import dev.braid.worker.optimizer.LayerRates;
import dev.braid.worker.optimizer.Optimizer;
import dev.braid.worker.optimizer.Slice;
import java.io.Serializable;
import java.util.List;

/**
 * Everything that happens between a gradient and the new parameters.
 *
 * <pre>
 *   add the gradient of L1 and L2              Regularisation
 *   limit the gradient                         Clipping
 *   move the parameters                        Optimizer, at the rate the LearningRateSchedule allows
 * </pre>
 *
 * @param optimizer moves the parameters
 * @param schedule changes its learning rate over the run, constant by default
 * @param regularisation penalty on large weights, none by default
 * @param clipping limit on gradients, none by default
 * @param rates which layers learn and how fast, all alike by default
 */
public record UpdateRule(
    Optimizer optimizer,
    LearningRateSchedule schedule,
    Regularisation regularisation,
    Clipping clipping,
    LayerRates rates)
    implements Serializable {
  public UpdateRule {
    require(optimizer != null, "an optimizer must be given, such as adam: {learningRate: 0.001}");
    schedule = schedule == null ? new LearningRateSchedule.Constant() : schedule;
    regularisation = regularisation == null ? Regularisation.NONE : regularisation;
    clipping = clipping == null ? new Clipping.None() : clipping;
    rates = rates == null ? LayerRates.ALL_ALIKE : rates;
  }

  /** All layers alike. */
  public UpdateRule(
      Optimizer optimizer,
      LearningRateSchedule schedule,
      Regularisation regularisation,
      Clipping clipping) {
    this(optimizer, schedule, regularisation, clipping, null);
  }

  /** The optimizer alone, at a constant learning rate. */
  public UpdateRule(Optimizer optimizer) {
    this(optimizer, null, null, null);
  }

  /** The same with other rates. */
  public UpdateRule with(LayerRates rates) {
    return new UpdateRule(optimizer, schedule, regularisation, clipping, rates);
  }

  /** How many numbers the optimizer remembers per parameter. */
  public int numSlots() {
    return optimizer.numSlots();
  }

  /**
   * The step size where the run stands so far.
   *
   * @param epoch whole passes over the data done before, from 0
   * @param step optimizer steps done before by all workers together, from 0
   */
  public double learningRate(int epoch, long step) {
    return optimizer.learningRate() * schedule.factor(epoch, step);
  }

  /** What L1 and L2 add to the loss at the slices' params. */
  public double penalty(List<Slice> slices) {
    return regularisation.penalty(slices);
  }

  /**
   * One step: changes params and slots, and the gradients on the way.
   *
   * @param slices all parameters that learn, gradients without L1 and L2
   * @param learningRate see {@link #learningRate}
   * @param update updates these parameters have undergone before, from 0
   */
  public void stepInPlace(List<Slice> slices, double learningRate, long update) {
    regularisation.addGradientInPlace(slices);
    clipping.clipInPlace(slices);
    for (int i = 0; i < slices.size(); i++) {
      Slice slice = slices.get(i);
      optimizer.updateInPlace(slice, learningRate * slice.tensor().rate(), update);
    }
  }
}
