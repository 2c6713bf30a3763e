package dev.braid.worker.engine;

import static dev.braid.worker.Check.require;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.StateLayout;
import java.util.Set;

/** A network as an engine has built it: its loss and gradient at given parameters. */
public interface Differentiable extends Evaluator {

  /** Where each tensor lies in the flat vectors. */
  StateLayout layout();

  /**
   * Computes from now on in these very vectors, if it can: what changes in them needs no loading
   * then, and training moves the statistics in place.
   *
   * @return whether it can; if not, nothing has happened
   */
  default boolean computesIn(Blocks params, Blocks statistics) {
    return false;
  }

  /**
   * Takes over a copy of the parameters.
   *
   * @param params [numParams]
   */
  void loadParams(Blocks params);

  /**
   * Takes over a copy of the running statistics.
   *
   * @param statistics [numStatistics]
   */
  void loadStatistics(Blocks statistics);

  /** Copies the running statistics, as training has left them, into {@code statistics}. */
  void readStatistics(Blocks statistics);

  /**
   * Keeps these layers, and no others, as they are: from now on {@link #gradient} computes them as
   * in inference, leaves their statistics alone and takes no gradients of their parameters.
   *
   * @throws IllegalArgumentException when this engine cannot
   */
  default void freeze(Set<String> layers) {
    require(layers.isEmpty(), "layers are frozen in networks of layers only; set engine: jvm");
  }

  /**
   * Mean loss over the batch's examples in training mode (dropout on, batch statistics), at the
   * loaded parameters, without L1 and L2; running statistics move on. Missing labels (NaN) count
   * nothing.
   *
   * @param gradients receives dLoss/dparams, [numParams], overwritten but for frozen layers
   * @param key source of this step's random numbers (dropout masks)
   */
  double gradient(MiniBatch batch, long key, Blocks gradients);

  /**
   * Names of the parameters that the last {@link #gradient} says nothing of, since the loss did not
   * depend on them: the step leaves them, and what the optimizer remembers of them, as they are.
   */
  default Set<String> unreached() {
    return Set.of();
  }
}
