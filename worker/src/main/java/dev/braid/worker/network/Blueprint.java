package dev.braid.worker.network;

import dev.braid.worker.data.Normaliser;
import dev.braid.worker.format.StoredEntry;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.State;
import dev.braid.worker.state.StateLayout;
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * A network with all shapes resolved, whatever it is made of: all that the driver knows of it. An
 * engine makes replicas of it.
 */
public interface Blueprint extends Serializable {

  /** Names and shapes, in the order of a mini-batch's inputs. */
  Map<String, Shape> inputs();

  /** In the order of a mini-batch's labels. */
  List<OutputPlan> outputs();

  /**
   * The inputs whose numbers are indices of vectors, as of words: by name, how many vectors there
   * are.
   */
  default Map<String, Integer> indexInputs() {
    return Map.of();
  }

  /**
   * How many steps an output's answer to each example has; null where these are always as many.
   *
   * @param output its number
   * @param lengths per input the steps of each example; null where it is not ragged
   */
  default int[] steps(int output, int[][] lengths) {
    return null;
  }

  /** Where each tensor lies in the flat vectors. */
  StateLayout layout();

  /** First weights and running statistics, without the optimizer's memory. */
  State initialState(long seed);

  /** Whether it brings an optimizer of its own, so that a training need not name one. */
  default boolean hasOptimizer() {
    return false;
  }

  /** What its own optimizer remembers before the first step; empty where it remembers nothing. */
  default List<Blocks> initialMemory() {
    throw new IllegalStateException("this network has no optimizer of its own");
  }

  /**
   * What its own program needs to open a model file beside Braid's own entries, by name and in
   * order.
   *
   * @param normalisers one per input
   */
  default Map<String, StoredEntry.Content> entries(State state, List<Normaliser> normalisers) {
    return Map.of();
  }

  /**
   * Whether it leaves out the time steps that an example lacks of this input.
   *
   * @param input its name
   */
  default boolean leavesOutSteps(String input) {
    return false;
  }

  /**
   * Does nothing when its loss heeds what the classes weigh.
   *
   * @throws IllegalArgumentException saying how they are weighed instead
   */
  default void requireHeedsWeights() {}

  /** What a user should know before it is trained, a sentence each. */
  default List<String> warnings() {
    return List.of();
  }

  /**
   * What a model file keeps of it.
   *
   * @param described what it was planned from
   * @param updates the weights have undergone since
   * @param epochs passes over the data since
   */
  default Architecture trained(Architecture described, long updates, int epochs) {
    return described;
  }
}
