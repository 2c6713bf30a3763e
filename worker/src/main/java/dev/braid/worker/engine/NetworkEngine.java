package dev.braid.worker.engine;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.braid.worker.Spelling;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.optimizer.Sgd;
import dev.braid.worker.optimizer.rule.UpdateRule;
import dev.braid.worker.state.Blocks;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * What computes networks' losses, gradients and outputs: key {@code engine} of a job file. Engines
 * announce themselves in {@code META-INF/services}, the first one that runs a network being its own
 * where none is named; nothing outside of an engine's own package names it.
 */
public interface NetworkEngine {

  /** As a job file writes it. */
  String name();

  /**
   * Does nothing when this engine computes such networks.
   *
   * @throws IllegalArgumentException naming the engine to set instead
   */
  void requireRuns(Blueprint plan);

  /** Whether it computes such networks where no engine is named. */
  boolean runs(Blueprint plan);

  /** Whether gradients and activations lie in the Java heap, and not in memory of its own. */
  default boolean computesInHeap() {
    return false;
  }

  /**
   * What makes a network's replicas.
   *
   * @param rule how gradients change parameters; empty for the network's own optimizer
   */
  ReplicaSource replicas(Blueprint plan, Optional<UpdateRule> rule);

  /** Replicas that answer and score: what they are given to learn by is of no account. */
  default ReplicaSource replicas(Blueprint plan) {
    return replicas(plan, Optional.of(new UpdateRule(new Sgd(null))));
  }

  /**
   * Compares the gradients of a network of layers near its first parameters with finite differences
   * in double precision, with dropout off.
   *
   * @param batch a few examples are enough: the time grows with their number
   * @param seed source of the first parameters and of the samples
   */
  default GradientCheck.Report checkGradients(NetworkPlan plan, MiniBatch batch, long seed) {
    throw new IllegalStateException("engine " + name() + " runs no networks of layers");
  }

  /**
   * The loss of a mini-batch as a function of the parameters, in double precision and with dropout
   * off; empty where this engine computes in floats alone.
   *
   * @param params where they begin, [numParams]
   */
  default Optional<DoubleLoss> doubleLoss(NetworkPlan plan, Blocks params, MiniBatch batch) {
    return Optional.empty();
  }

  /** The engine of a network where none is named. */
  static NetworkEngine of(Blueprint plan) {
    return all().stream()
        .filter(engine -> engine.runs(plan))
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException("no engine here runs " + plan.getClass().getName()));
  }

  /** The engine of this name, in capital or small letters. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static NetworkEngine named(String name) {
    List<String> known = all().stream().map(NetworkEngine::name).toList();
    Optional<NetworkEngine> found =
        all().stream().filter(engine -> engine.name().equalsIgnoreCase(name)).findFirst();
    require(
        found.isPresent(),
        "expected one of %s, got '%s'%s",
        String.join(", ", known),
        name,
        Spelling.suggestion(name, known));
    return found.get();
  }

  /** All engines that are here. */
  static List<NetworkEngine> all() {
    return ServiceLoader.load(NetworkEngine.class, NetworkEngine.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .toList();
  }
}
