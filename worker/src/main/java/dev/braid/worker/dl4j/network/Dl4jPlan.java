package dev.braid.worker.dl4j.network;

import dev.braid.worker.WrongSettings;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.dl4j.nd4j.VectorCopy;
import dev.braid.worker.engine.OptimizedReplica;
import dev.braid.worker.engine.Replica;
import dev.braid.worker.engine.ReplicaSource;
import dev.braid.worker.format.StoredEntry;
import dev.braid.worker.network.Architecture;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.optimizer.rule.UpdateRule;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.State;
import dev.braid.worker.state.StateLayout;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A DL4J network on data of known shapes.
 *
 * @param architecture the network
 * @param inputs names and shapes, in the order of a mini-batch's inputs
 * @param outputs in the order of a mini-batch's labels
 * @param layout where each tensor lies in the flat vectors, in DL4J's order
 * @param arrays how mini-batches become ND4J's arrays
 * @param indexInputs the inputs that an embedding reads, by name, and how many vectors it has
 */
public record Dl4jPlan(
    Dl4jArchitecture architecture,
    Map<String, Shape> inputs,
    List<OutputPlan> outputs,
    StateLayout layout,
    BatchArrays arrays,
    Map<String, Integer> indexInputs)
    implements Blueprint {
  public Dl4jPlan {
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    outputs = List.copyOf(outputs);
    indexInputs = Map.copyOf(indexInputs);
  }

  /** The weights that DL4J's initialisers draw with this seed instead of the configuration's. */
  @Override
  public State initialState(long seed) {
    return stateOf(Dl4jFile.seeded(architecture.configuration(), seed));
  }

  /** The parameters and statistics of a network of this plan. */
  public static State stateOf(Dl4jModel model) {
    ParamLayout params = ParamLayout.of(model.paramTable());
    State state = State.zeros(params.layout(), 0);
    params.read(model.params(), state);
    return state;
  }

  @Override
  public boolean hasOptimizer() {
    return true;
  }

  @Override
  public List<Blocks> initialMemory() {
    return memoryOf(architecture.model());
  }

  /** What a network's updater remembers. */
  static List<Blocks> memoryOf(Dl4jModel model) {
    INDArray memory = model.updaterState();
    return memory == null ? List.of() : List.of(VectorCopy.blocks(memory));
  }

  /**
   * {@inheritDoc} DL4J opens the file, and finds its updater's memory in it; none where DL4J has no
   * normaliser that does the same.
   */
  @Override
  public Map<String, StoredEntry.Content> entries(State state, List<Normaliser> normalisers) {
    try {
      return written(state, normalisers);
    } catch (WrongSettings e) {
      return Map.of();
    }
  }

  /**
   * The trained network as DL4J writes it.
   *
   * @param state its slots are the updater's memory, if there are any
   * @param normalisers one per input
   * @return contents by the name of their entry, in order
   * @throws IllegalArgumentException when DL4J has no normaliser that does the same
   */
  public Map<String, StoredEntry.Content> written(State state, List<Normaliser> normalisers) {
    Dl4jReplica replica = new Dl4jReplica(architecture.model(), arrays);
    boolean withMemory = !state.slots().isEmpty();
    List<Blocks> slots = withMemory ? state.slots() : replica.newState().slots();
    replica.load(new State(state.params(), slots, state.statistics()));
    return Dl4jEntries.of(replica.model(), withMemory, normalisers, List.copyOf(inputs.values()));
  }

  @Override
  public boolean leavesOutSteps(String input) {
    return inputs.get(input).rank() == 2;
  }

  @Override
  public void requireHeedsWeights() {
    throw new WrongSettings(
        "training.classWeights: a network of DL4J's weighs classes by its own loss (LossMCXENT with"
            + " weights); leave it out");
  }

  @Override
  public Architecture trained(Architecture described, long updates, int epochs) {
    return architecture.after(updates, epochs);
  }

  /**
   * Builds its replicas.
   *
   * @param rule how gradients change parameters; empty for DL4J's own updater, L1, L2 and clipping
   */
  public ReplicaSource replicas(Optional<UpdateRule> rule) {
    return new Replicas(architecture, arrays, rule.orElse(null));
  }

  /**
   * Builds replicas; small.
   *
   * @param arrays how mini-batches become ND4J's; null where they are ND4J's
   * @param rule null for DL4J's own updater
   */
  record Replicas(Dl4jArchitecture architecture, BatchArrays arrays, UpdateRule rule)
      implements ReplicaSource {
    @Override
    public Replica create() {
      Dl4jModel model = architecture.model();
      return rule == null
          ? new Dl4jReplica(model, arrays)
          : new OptimizedReplica(new Dl4jDifferentiable(model, arrays), rule);
    }
  }
}
