package dev.braid.worker.dl4j;

import static dev.braid.worker.Check.require;

import dev.braid.worker.dl4j.network.Dl4jPlan;
import dev.braid.worker.engine.NetworkEngine;
import dev.braid.worker.engine.ReplicaSource;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.optimizer.rule.UpdateRule;
import java.util.Optional;

/** Deeplearning4j, for networks of its own. */
public final class Dl4jEngine implements NetworkEngine {
  @Override
  public String name() {
    return "dl4j";
  }

  @Override
  public boolean runs(Blueprint plan) {
    return plan instanceof Dl4jPlan;
  }

  @Override
  public void requireRuns(Blueprint plan) {
    require(
        !(plan instanceof NetworkPlan),
        "engine: dl4j runs DL4J's own networks alone (network: {dl4j: FILE} or {zoo: NAME}); leave"
            + " engine out, and 'braid convert RUN --to dl4j' writes what is trained for DL4J");
    require(
        runs(plan), "engine: dl4j runs no TorchScript network; set engine: torch or leave it out");
  }

  @Override
  public ReplicaSource replicas(Blueprint plan, Optional<UpdateRule> rule) {
    return ((Dl4jPlan) plan).replicas(rule);
  }
}
