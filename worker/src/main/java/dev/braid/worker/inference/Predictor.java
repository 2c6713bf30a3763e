package dev.braid.worker.inference;

import dev.braid.worker.data.MiniBatch;

/** What one thread asks for answers. Holds native memory until closed. */
public interface Predictor extends AutoCloseable {

  /**
   * The answers to a batch without labels.
   *
   * @param batch its inputs normalised
   * @return per output [size x outputs], row-major; along time padded to the longest answer
   */
  float[][] answer(MiniBatch batch);

  /**
   * How many steps an output's answer to each example of a batch has; null where these are always
   * as many.
   */
  default int[] steps(int output, MiniBatch batch) {
    return null;
  }

  @Override
  void close();
}
