package dev.braid.worker.engine;

import dev.braid.worker.state.StateLayout;

/** A loss as a function of its parameters, in double precision: what a gradient check looks at. */
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

  @Override
  void close();
}
