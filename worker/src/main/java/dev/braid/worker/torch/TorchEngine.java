package dev.braid.worker.torch;

import static dev.braid.worker.Check.require;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.engine.DoubleLoss;
import dev.braid.worker.engine.GradientCheck;
import dev.braid.worker.engine.NetworkEngine;
import dev.braid.worker.engine.ReplicaSource;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.optimizer.rule.UpdateRule;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.torch.runtime.TorchClasspath;
import java.util.Optional;

/** libtorch, for networks of layers and modules in TorchScript. */
public final class TorchEngine implements NetworkEngine {
  @Override
  public String name() {
    return "torch";
  }

  @Override
  public boolean runs(Blueprint plan) {
    return TorchClasspath.isHere() && isOfTorch(plan);
  }

  @Override
  public void requireRuns(Blueprint plan) {
    TorchClasspath.requireHere("engine: torch");
    require(
        isOfTorch(plan), "engine: torch runs no DL4J network; set engine: dl4j or leave it out");
  }

  private static boolean isOfTorch(Blueprint plan) {
    return plan instanceof NetworkPlan || plan instanceof TorchBlueprint;
  }

  @Override
  public ReplicaSource replicas(Blueprint plan, Optional<UpdateRule> rule) {
    return plan instanceof TorchBlueprint other
        ? other.replicas(rule.orElseThrow())
        : new TorchReplicaSource((NetworkPlan) plan, rule.orElseThrow());
  }

  @Override
  public GradientCheck.Report checkGradients(NetworkPlan plan, MiniBatch batch, long seed) {
    return TorchLoss.check(plan, batch, seed);
  }

  @Override
  public Optional<DoubleLoss> doubleLoss(NetworkPlan plan, Blocks params, MiniBatch batch) {
    return TorchClasspath.isHere()
        ? Optional.of(new TorchLoss(plan, params, batch))
        : Optional.empty();
  }
}
