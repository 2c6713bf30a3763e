package dev.braid.driver.dl4j;

import dev.braid.worker.dl4j.network.Dl4jModel;
import org.apache.spark.api.java.JavaRDD;

/**
 * What computes the steps of an {@link AveragingMaster}'s workers.
 *
 * @param <B> a worker's mini-batches as this engine keeps them, Java-serialisable
 */
interface FitEngine<B> {

  /** The engine that a plan names. */
  static FitEngine<?> of(Engine engine) {
    return engine == Engine.TORCH ? new TorchFit() : new Dl4jFit();
  }

  /**
   * Does nothing where this engine can train the network, as far as that is known without data.
   *
   * @throws IllegalArgumentException naming what it cannot
   */
  void requireTrains(Dl4jModel model, Callbacks callbacks);

  /** Computes and caches what has been dealt. */
  DealtBatches<B> keep(JavaRDD<byte[][]> dealt);

  /**
   * The network that is to be trained on these mini-batches.
   *
   * @throws IllegalArgumentException when they do not fit
   */
  Trainee<B> trainee(Dl4jModel model, DealtBatches<B> batches, Callbacks callbacks);
}
