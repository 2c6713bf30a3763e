package dev.braid.worker.engine;

import dev.braid.worker.augment.Augmentations;
import dev.braid.worker.data.LabelWeights;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.data.Windows;
import java.io.Serializable;
import java.util.List;

/**
 * What every task of one training run knows: the same for all rounds, sent once.
 *
 * @param source builds a replica
 * @param normalisers one per input
 * @param batchSize examples in a mini-batch
 * @param seed source of every random choice
 * @param labelWeights what labels weigh in the loss that is minimised, not in scores
 * @param windows along time in which mini-batches are learned from; null where they are taken whole
 * @param augmentations of the pictures that are learned from, not of those that are scored
 */
public record RunSpec(
    ReplicaSource source,
    List<Normaliser> normalisers,
    int batchSize,
    long seed,
    LabelWeights labelWeights,
    Windows windows,
    Augmentations augmentations)
    implements Serializable {
  public RunSpec {
    normalisers = List.copyOf(normalisers);
  }

  /** Of mini-batches that are taken whole. */
  public RunSpec(
      ReplicaSource source,
      List<Normaliser> normalisers,
      int batchSize,
      long seed,
      LabelWeights labelWeights) {
    this(source, normalisers, batchSize, seed, labelWeights, null);
  }

  /** Of pictures that stay as they are. */
  public RunSpec(
      ReplicaSource source,
      List<Normaliser> normalisers,
      int batchSize,
      long seed,
      LabelWeights labelWeights,
      Windows windows) {
    this(source, normalisers, batchSize, seed, labelWeights, windows, Augmentations.NONE);
  }

  /** Of labels that all weigh the same. */
  public RunSpec(ReplicaSource source, List<Normaliser> normalisers, int batchSize, long seed) {
    this(source, normalisers, batchSize, seed, LabelWeights.NONE);
  }
}
