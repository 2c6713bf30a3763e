package dev.braid.worker.inference;

/** What one thread asks for answers. Holds native memory until closed. */
public interface Predictor extends AutoCloseable {

  /**
   * The answers to a batch.
   *
   * @param inputs [size x features], row-major, normalised
   * @return [size x outputs], row-major
   */
  float[] answer(int size, float[] inputs);

  @Override
  void close();
}
