package dev.braid.worker.model;

import dev.braid.worker.network.Start;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.State;
import dev.braid.worker.state.StateLayout;
import java.util.List;
import java.util.Optional;

/**
 * A trained network.
 *
 * @param description everything but the numbers
 * @param params weights, [numParams]
 * @param statistics running means and variances, [numStatistics]
 * @param memory what the network's own optimizer remembers, to go on with; empty where it has none
 */
public record Model(
    ModelDescription description, Blocks params, Blocks statistics, List<Blocks> memory) {
  public Model {
    memory = List.copyOf(memory);
  }

  /** Without an optimizer of its own. */
  public Model(ModelDescription description, Blocks params, Blocks statistics) {
    this(description, params, statistics, List.of());
  }

  /** The same with what its inputs and predictions were like in training. */
  public Model with(Reference reference) {
    ModelDescription described =
        new ModelDescription(
            description.network(),
            description.inputs(),
            description.labels(),
            description.provenance(),
            reference);
    return new Model(described, params, statistics, memory);
  }

  /** A training that goes on from it: its weights, its normalisation, its encoding of inputs. */
  public Start start() {
    return new Start(
            description.network(),
            Optional.of(state()),
            Optional.of(inputs -> description.normalisers()))
        .encodedAs(description.encodings());
  }

  /** All numbers. */
  public State state() {
    return new State(params, memory, statistics);
  }

  /** See {@link ModelSha256#of}. */
  public String sha256() {
    return ModelSha256.of(params, statistics);
  }

  /** The numbers by name. */
  List<Tensors> tensors(StateLayout layout) {
    return List.of(
        new Tensors(layout.params(), params), new Tensors(layout.statistics(), statistics));
  }
}
