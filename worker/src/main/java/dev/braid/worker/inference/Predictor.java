package dev.braid.worker.inference;

import dev.braid.worker.data.MiniBatch;

/** What one thread asks for answers. Holds native memory until closed. */
public interface Predictor extends AutoCloseable {

  /**
   * The answers to a batch without labels.
   *
   * @param batch its inputs normalised
   * @return per output [size x outputs], row-major
   */
  float[][] answer(MiniBatch batch);

  @Override
  void close();
}
