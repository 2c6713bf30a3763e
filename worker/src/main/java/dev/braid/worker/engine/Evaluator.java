package dev.braid.worker.engine;

import dev.braid.worker.data.MiniBatch;

/**
 * A network in inference mode. Belongs to one thread at a time and holds native memory until
 * closed.
 */
public interface Evaluator extends AutoCloseable {

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
