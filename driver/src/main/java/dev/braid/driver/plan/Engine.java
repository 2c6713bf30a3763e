package dev.braid.driver.plan;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.braid.worker.dl4j.network.Dl4jPlan;
import dev.braid.worker.engine.ReplicaSource;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.optimizer.Sgd;
import dev.braid.worker.optimizer.rule.UpdateRule;
import dev.braid.worker.torch.TorchReplicaSource;
import dev.braid.worker.torch.script.ScriptPlan;
import java.util.Optional;

/** What computes a network's loss, gradients and outputs: key {@code engine} of a job file. */
public enum Engine {
  /** libtorch. */
  @JsonProperty("torch")
  TORCH {
    @Override
    public void requireBuilds(Blueprint plan) {
      require(
          plan instanceof NetworkPlan || plan instanceof ScriptPlan,
          "engine: torch runs no DL4J network; set engine: dl4j or leave it out");
    }

    @Override
    public ReplicaSource replicas(Blueprint plan, Optional<UpdateRule> rule) {
      return plan instanceof ScriptPlan script
          ? script.replicas(rule.orElseThrow())
          : new TorchReplicaSource((NetworkPlan) plan, rule.orElseThrow());
    }
  },
  /** Deeplearning4j, for networks of its own. */
  @JsonProperty("dl4j")
  DL4J {
    @Override
    public void requireBuilds(Blueprint plan) {
      require(
          !(plan instanceof ScriptPlan),
          "engine: dl4j runs no TorchScript network; set engine: torch or leave it out");
      require(
          plan instanceof Dl4jPlan,
          "engine: dl4j runs DL4J's own networks alone (network: {dl4j: FILE} or {zoo: NAME}); set"
              + " engine: torch or leave it out, and 'braid convert RUN --to dl4j' writes what is"
              + " trained for DL4J");
    }

    @Override
    public ReplicaSource replicas(Blueprint plan, Optional<UpdateRule> rule) {
      return ((Dl4jPlan) plan).replicas(rule);
    }
  };

  /** For replicas that are not trained: they have an optimizer all the same. */
  public static final UpdateRule NONE = new UpdateRule(new Sgd(null));

  /** The engine of a network where none is named. */
  public static Engine of(Blueprint plan) {
    return plan instanceof Dl4jPlan ? DL4J : TORCH;
  }

  /**
   * Does nothing when this engine has all that the network needs.
   *
   * @throws IllegalArgumentException naming the layer it lacks and the engine that has it
   */
  public abstract void requireBuilds(Blueprint plan);

  /**
   * Builds the replicas of a network.
   *
   * @param rule how gradients change parameters; empty for the network's own optimizer
   */
  public abstract ReplicaSource replicas(Blueprint plan, Optional<UpdateRule> rule);
}
