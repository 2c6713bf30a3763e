package dev.braid.worker.data;

import static dev.braid.worker.Check.require;

import java.util.List;
import java.util.stream.IntStream;

/**
 * One pass over a shard as mini-batches, each example once, in a given order. The last mini-batch
 * may be smaller.
 */
public final class MiniBatches {
  private final Shard shard;
  private final int batchSize;
  private final List<Normaliser> normalisers;
  private final int[] order;
  private final LabelWeights weights;

  private MiniBatches(
      Shard shard, int batchSize, List<Normaliser> normalisers, int[] order, LabelWeights weights) {
    require(batchSize > 0, "batchSize must be at least 1, got %d", batchSize);
    require(
        normalisers.size() == shard.numInputs(),
        "%d normalisers for %d inputs",
        normalisers.size(),
        shard.numInputs());
    this.shard = shard;
    this.batchSize = batchSize;
    this.normalisers = List.copyOf(normalisers);
    this.order = order;
    this.weights = weights;
  }

  /**
   * The examples in a given order.
   *
   * @param normalisers one per input
   * @param order the numbers of all examples; kept, not copied
   */
  public static MiniBatches ordered(
      Shard shard, int batchSize, List<Normaliser> normalisers, int[] order) {
    require(order.length == shard.size(), "%d of %d examples", order.length, shard.size());
    return new MiniBatches(shard, batchSize, normalisers, order, LabelWeights.NONE);
  }

  /** The same mini-batches with labels of these weights. */
  public MiniBatches weighted(LabelWeights labelWeights) {
    return new MiniBatches(shard, batchSize, normalisers, order, labelWeights);
  }

  /** The examples in the order they lie in the shard, as evaluation takes them. */
  public static MiniBatches inOrder(Shard shard, int batchSize, List<Normaliser> normalisers) {
    return new MiniBatches(
        shard,
        batchSize,
        normalisers,
        IntStream.range(0, shard.size()).toArray(),
        LabelWeights.NONE);
  }

  /** Number of mini-batches. */
  public int count() {
    return shard.numMiniBatches(batchSize);
  }

  /** Mini-batch {@code i}, copied and normalised. */
  public MiniBatch get(int i) {
    int from = i * batchSize;
    int to = Math.min(from + batchSize, shard.size());
    require(i >= 0 && from < to, "no mini-batch %d: there are %d", i, count());
    float[][] inputs = new float[shard.numInputs()][];
    for (int k = 0; k < inputs.length; k++) {
      inputs[k] = rows(shard.input(k), from, to);
      int width = shard.input(k).width();
      if (!normalisers.get(k).isNone()) {
        for (int row = 0; row < to - from; row++) {
          normalisers.get(k).applyInPlace(inputs[k], row * width, width);
        }
      }
    }
    float[][] labels = new float[shard.numLabels()][];
    for (int k = 0; k < labels.length; k++) {
      labels[k] = rows(shard.label(k), from, to);
    }
    return weights.miniBatch(to - from, inputs, labels);
  }

  private float[] rows(Column column, int from, int to) {
    float[] rows = new float[(to - from) * column.width()];
    for (int i = from; i < to; i++) {
      column.read(order[i], rows, (i - from) * column.width());
    }
    return rows;
  }
}
