package dev.braid.worker.engine;

import dev.braid.worker.state.StateLayout;

/**
 * A loss as a function of its parameters, in double precision, and its gradient: what a gradient
 * check looks at.
 */
public interface DoubleLoss extends AutoCloseable {

  /** Where each tensor lies in the flat parameters. */
  StateLayout layout();

  /** Parameter {@code index}. */
  double param(long index);

  /** Sets parameter {@code index}. */
  void setParam(long index, double value);

  /** The loss at the present parameters. */
  double loss();

  /** dLoss/dparams at the present parameters, [numParams]. */
  double[] gradient();

  /** What rounding may leave of a derivative, where the loss is near 1. */
  default double resolution() {
    return 1e-11;
  }

  @Override
  void close();
}
