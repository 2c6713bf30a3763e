package dev.braid.driver.dl4j.fit;

import dev.braid.driver.dl4j.batches.DealtBatches;
import dev.braid.worker.dl4j.network.Dl4jModel;
import org.apache.spark.api.java.JavaRDD;

/**
 * What computes the steps of an {@code AveragingMaster}'s workers.
 *
 * @param <B> a worker's mini-batches as this engine keeps them, Java-serialisable
 */
public interface FitEngine<B> {

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
