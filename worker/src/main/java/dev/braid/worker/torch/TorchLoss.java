package dev.braid.worker.torch;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.engine.DoubleLoss;
import dev.braid.worker.engine.GradientCheck;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.StateLayout;
import dev.braid.worker.torch.runtime.Precision;

/**
 * The loss of one mini-batch as a function of a network's parameters, in double precision. As in
 * training, but without dropout, which would make it another function each time.
 */
public final class TorchLoss implements DoubleLoss {
  /** The error up to which libtorch's gradient agrees with finite differences. */
  private static final double TOLERANCE = 1e-7;

  private final TorchNetwork network;
  private final MiniBatch batch;

  /**
   * @param params where to begin, [numParams]
   */
  public TorchLoss(NetworkPlan plan, Blocks params, MiniBatch batch) {
    this.network = new TorchNetwork(plan, Precision.DOUBLE);
    this.batch = batch;
    network.loadParams(params);
    network.loadStatistics(plan.initialStatistics());
  }

  /**
   * Checks the gradients of a network near its first parameters.
   *
   * @param batch a few examples are enough: the time grows with their number
   * @param seed source of the first parameters and of the samples
   */
  public static GradientCheck.Report check(NetworkPlan plan, MiniBatch batch, long seed) {
    try (TorchLoss loss = new TorchLoss(plan, plan.initialParams(seed), batch)) {
      return GradientCheck.of(plan.layout(), TOLERANCE, seed).run(loss);
    }
  }

  @Override
  public StateLayout layout() {
    return network.layout();
  }

  @Override
  public double param(long index) {
    return network.doubleParams().get(index);
  }

  @Override
  public void setParam(long index, double value) {
    network.doubleParams().put(index, value);
  }

  @Override
  public double loss() {
    return network.checkedLoss(batch);
  }

  @Override
  public double[] gradient() {
    return network.checkedGradient(batch);
  }

  @Override
  public void close() {
    network.close();
  }
}
