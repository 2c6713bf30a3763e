package dev.braid.worker.jvm;

import static dev.braid.worker.Check.wrong;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.engine.DoubleLoss;
import dev.braid.worker.engine.GradientCheck;
import dev.braid.worker.engine.NetworkEngine;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.StateLayout;

/**
 * The gradient that this engine computes, in floats, of a loss that another computes in double
 * precision.
 */
final class JvmGradient implements DoubleLoss {
  private static final double TOLERANCE = 1e-5;

  /** What sums of products of floats leave where the exact gradient is 0. */
  private static final double RESOLUTION = 1e-6;

  private final DoubleLoss loss;
  private final JvmNetwork network;
  private final MiniBatch batch;

  /**
   * @param loss is closed with this one
   */
  JvmGradient(DoubleLoss loss, NetworkPlan plan, MiniBatch batch) {
    this.loss = loss;
    this.network = new JvmNetwork(plan);
    this.batch = batch;
    network.loadStatistics(plan.initialStatistics());
  }

  /** Checks the gradients of a network near its first parameters. */
  static GradientCheck.Report check(NetworkPlan plan, MiniBatch batch, long seed) {
    try (JvmGradient gradient = new JvmGradient(exact(plan, batch, seed), plan, batch)) {
      return GradientCheck.of(plan.layout(), TOLERANCE, seed).run(gradient);
    }
  }

  private static DoubleLoss exact(NetworkPlan plan, MiniBatch batch, long seed) {
    Blocks params = plan.initialParams(seed);
    return NetworkEngine.all().stream()
        .flatMap(engine -> engine.doubleLoss(plan, params, batch).stream())
        .findFirst()
        .orElseThrow(
            () ->
                wrong(
                    "engine: jvm computes in floats, and no engine of this build in double"
                        + " precision, which finite differences need; take one built without"
                        + " -Pjvm"));
  }

  @Override
  public StateLayout layout() {
    return loss.layout();
  }

  @Override
  public double param(long index) {
    return loss.param(index);
  }

  @Override
  public void setParam(long index, double value) {
    loss.setParam(index, value);
  }

  @Override
  public double loss() {
    return loss.loss();
  }

  @Override
  public double[] gradient() {
    Blocks params = Blocks.zeros(layout().numParams());
    for (long i = 0; i < params.size(); i++) {
      params.set(i, (float) param(i));
    }
    network.loadParams(params);
    Blocks gradients = Blocks.zeros(params.size());
    network.checkedGradient(batch, gradients);
    double[] gradient = new double[Math.toIntExact(params.size())];
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] = gradients.get(i);
    }
    return gradient;
  }

  @Override
  public double resolution() {
    return RESOLUTION;
  }

  @Override
  public void close() {
    network.close();
    loss.close();
  }
}
