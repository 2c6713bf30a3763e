package dev.braid.worker.jvm;

import dev.braid.worker.engine.OptimizedReplica;
import dev.braid.worker.engine.Replica;
import dev.braid.worker.engine.ReplicaSource;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.optimizer.rule.UpdateRule;

/**
 * Replicas of a network in plain Java, trained by Braid's optimizers.
 *
 * @param plan the network
 * @param rule how gradients change parameters
 */
public record JvmReplicaSource(NetworkPlan plan, UpdateRule rule) implements ReplicaSource {
  @Override
  public Replica create() {
    return new OptimizedReplica(new JvmNetwork(plan), rule);
  }
}
