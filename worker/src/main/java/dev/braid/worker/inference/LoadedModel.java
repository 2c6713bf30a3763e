package dev.braid.worker.inference;

/**
 * A model in a JVM's memory, once: the threads that ask it share its weights, so that memory does
 * not grow with the cores but by what they compute.
 */
public interface LoadedModel extends AutoCloseable {

  /** What is to be known of it. */
  ModelFacts facts();

  /** For one thread more; to be closed before the model is. */
  Predictor predictor();

  @Override
  void close();
}
