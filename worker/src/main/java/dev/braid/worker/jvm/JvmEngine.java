package dev.braid.worker.jvm;

import static dev.braid.worker.Check.require;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.engine.GradientCheck;
import dev.braid.worker.engine.NetworkEngine;
import dev.braid.worker.engine.ReplicaSource;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.optimizer.rule.UpdateRule;
import java.util.Optional;

/** Plain Java, for networks of layers: without native code, the same bits on every processor. */
public final class JvmEngine implements NetworkEngine {
  @Override
  public String name() {
    return "jvm";
  }

  @Override
  public boolean runs(Blueprint plan) {
    return plan instanceof NetworkPlan;
  }

  @Override
  public boolean computesInHeap() {
    return true;
  }

  @Override
  public void requireRuns(Blueprint plan) {
    require(runs(plan), "engine: jvm runs networks of layers, and this is none; leave engine out");
  }

  @Override
  public GradientCheck.Report checkGradients(NetworkPlan plan, MiniBatch batch, long seed) {
    return JvmGradient.check(plan, batch, seed);
  }

  @Override
  public ReplicaSource replicas(Blueprint plan, Optional<UpdateRule> rule) {
    return new JvmReplicaSource((NetworkPlan) plan, rule.orElseThrow());
  }
}
