package dev.braid.worker.data;

import static dev.braid.worker.Check.require;

import dev.braid.worker.augment.Augmentations;
import dev.braid.worker.random.SplitMix;
import java.util.Arrays;
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
  private final Augmentations augmentations;
  private final long augmentationKey;

  private MiniBatches(
      Shard shard,
      int batchSize,
      List<Normaliser> normalisers,
      int[] order,
      LabelWeights weights,
      Augmentations augmentations,
      long augmentationKey) {
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
    this.augmentations = augmentations;
    this.augmentationKey = augmentationKey;
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
    return new MiniBatches(
        shard, batchSize, normalisers, order, LabelWeights.NONE, Augmentations.NONE, 0);
  }

  /** The same mini-batches with labels of these weights. */
  public MiniBatches weighted(LabelWeights labelWeights) {
    return new MiniBatches(
        shard, batchSize, normalisers, order, labelWeights, augmentations, augmentationKey);
  }

  /**
   * The same mini-batches with pictures changed by chance, before they are normalised.
   *
   * @param key of the shard in its epoch; the change of an example follows from it and its row
   */
  public MiniBatches augmented(Augmentations changes, long key) {
    return new MiniBatches(shard, batchSize, normalisers, order, weights, changes, key);
  }

  /**
   * The examples in the order they lie in the shard but, where they are sequences of any length,
   * from the shortest to the longest, as evaluation takes them.
   */
  public static MiniBatches byLength(Shard shard, int batchSize, List<Normaliser> normalisers) {
    return ordered(shard, batchSize, normalisers, Buckets.byLength(shard));
  }

  /** The examples in the order they lie in the shard. */
  public static MiniBatches inOrder(Shard shard, int batchSize, List<Normaliser> normalisers) {
    return ordered(shard, batchSize, normalisers, IntStream.range(0, shard.size()).toArray());
  }

  /** Number of mini-batches. */
  public int count() {
    return shard.numMiniBatches(batchSize);
  }

  /** The places in the shard of the examples of mini-batch {@code i}. */
  public int[] rows(int i) {
    int from = i * batchSize;
    int to = Math.min(from + batchSize, shard.size());
    require(i >= 0 && from < to, "no mini-batch %d: there are %d", i, count());
    return Arrays.copyOfRange(order, from, to);
  }

  /** Mini-batch {@code i}, copied, augmented, normalised and padded. */
  public MiniBatch get(int i) {
    int[] rows = rows(i);
    float[][] inputs = new float[shard.numInputs()][];
    int[][] lengths = new int[inputs.length][];
    for (int k = 0; k < inputs.length; k++) {
      Column column = shard.input(k);
      inputs[k] = padded(column, rows, 0);
      augmentInPlace(inputs[k], k, rows);
      normaliseInPlace(inputs[k], column, rows, normalisers.get(k));
      lengths[k] = column.isRagged() ? Arrays.stream(rows).map(column::steps).toArray() : null;
    }
    float[][] labels = new float[shard.numLabels()][];
    for (int k = 0; k < labels.length; k++) {
      labels[k] = padded(shard.label(k), rows, Float.NaN);
    }
    return weights.miniBatch(new MiniBatch(rows.length, inputs, lengths, labels, null));
  }

  /** Rows one after another, each as wide as the widest of them. */
  private static float[] padded(Column column, int[] rows, float padding) {
    int width = Arrays.stream(rows).map(column::width).max().orElseThrow();
    float[] padded = new float[Math.multiplyExact(rows.length, width)];
    for (int i = 0; i < rows.length; i++) {
      column.read(rows[i], padded, i * width);
      Arrays.fill(padded, i * width + column.width(rows[i]), (i + 1) * width, padding);
    }
    return padded;
  }

  private void augmentInPlace(float[] pictures, int input, int[] rows) {
    if (!augmentations.change(input)) {
      return;
    }
    int width = pictures.length / rows.length;
    for (int i = 0; i < rows.length; i++) {
      long key = SplitMix.key(augmentationKey, rows[i]);
      augmentations.applyInPlace(pictures, i * width, input, key);
    }
  }

  private static void normaliseInPlace(
      float[] padded, Column column, int[] rows, Normaliser normaliser) {
    if (normaliser.isNone()) {
      return;
    }
    int width = padded.length / rows.length;
    for (int i = 0; i < rows.length; i++) {
      normaliser.applyInPlace(padded, i * width, column.width(rows[i]));
    }
  }
}
