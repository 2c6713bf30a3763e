package dev.braid.worker.engine;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.StateLayout;

/**
 * A network as an engine has built it: its loss and gradient at given parameters. Belongs to one
 * thread at a time and holds native memory until closed.
 */
public interface Differentiable extends AutoCloseable {

  /** Where each tensor lies in the flat vectors. */
  StateLayout layout();

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
   * Mean loss over the batch's examples in training mode (dropout on, batch statistics), at the
   * loaded parameters, without L1 and L2; running statistics move on. Missing labels (NaN) count
   * nothing.
   *
   * @param gradients receives dLoss/dparams, [numParams], overwritten
   * @param key source of this step's random numbers (dropout masks)
   */
  double gradient(MiniBatch batch, long key, Blocks gradients);

  /**
   * What the network answers in inference mode: per output [size x outputs], row-major, after the
   * output's activation (probabilities for cross-entropy).
   */
  float[][] output(MiniBatch batch);

  /** {@link #output} together with the mean loss in inference mode, from one forward pass. */
  Scores score(MiniBatch batch);

  /** Frees native memory; the network cannot be used afterwards. */
  @Override
  void close();
}
