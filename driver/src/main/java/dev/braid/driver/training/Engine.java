package dev.braid.driver.training;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.braid.worker.dl4j.Dl4jReplicaSource;
import dev.braid.worker.engine.ReplicaSource;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.optimizer.UpdateRule;
import dev.braid.worker.torch.TorchReplicaSource;

/** What computes a network's loss, gradients and outputs: key {@code engine} of a job file. */
public enum Engine {
  /** libtorch. */
  @JsonProperty("torch")
  TORCH {
    @Override
    void requireBuilds(NetworkPlan plan) {}

    @Override
    ReplicaSource replicas(NetworkPlan plan, UpdateRule rule) {
      return new TorchReplicaSource(plan, rule);
    }
  },
  /** Deeplearning4j. */
  @JsonProperty("dl4j")
  DL4J {
    @Override
    void requireBuilds(NetworkPlan plan) {
      Dl4jReplicaSource.requireBuilds(plan);
    }

    @Override
    ReplicaSource replicas(NetworkPlan plan, UpdateRule rule) {
      return new Dl4jReplicaSource(plan, rule);
    }
  };

  /**
   * Does nothing when this engine has all that the network needs.
   *
   * @throws IllegalArgumentException naming the layer it lacks and the engine that has it
   */
  abstract void requireBuilds(NetworkPlan plan);

  /** Builds the replicas of a network. */
  abstract ReplicaSource replicas(NetworkPlan plan, UpdateRule rule);
}
