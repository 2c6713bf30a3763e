package dev.braid.worker.data;

import java.io.Serializable;
import java.util.Arrays;

/**
 * What the labels of a network's only output weigh in the loss of a training. The loss of a
 * mini-batch is the weighted mean, sum(w_i loss_i) / sum(w_i), as PyTorch's CrossEntropyLoss has
 * it, and a worker counts by its sum of weights: so workers of one local step are one large
 * mini-batch.
 *
 * @param byClass weight of each class; empty where all classes weigh the same
 * @param examples weights that each example brings, as one label more behind those of the outputs
 */
@SuppressWarnings("ArrayRecordComponent") // read for each label; nobody compares them
public record LabelWeights(float[] byClass, Examples examples) implements Serializable {
  /** All labels weigh the same. */
  public static final LabelWeights NONE = new LabelWeights(new float[0], Examples.NONE);

  /** Each example brings its own weight, whose mean is 1. */
  public static final LabelWeights OF_EXAMPLES =
      new LabelWeights(new float[0], new Examples(1, false));

  /** A weight of 1 as a whole number, so that sums of weights are exact. */
  private static final int ONE = 1 << 20;

  /**
   * Weights that examples bring.
   *
   * @param mean by which they are divided, so that whole numbers tell them apart; 0 where examples
   *     have none
   * @param inScores whether scores heed them, too
   */
  public record Examples(double mean, boolean inScores) implements Serializable {
    /** Examples that have none. */
    public static final Examples NONE = new Examples(0, false);

    /** Whether there is one label more than outputs. */
    public boolean areGiven() {
      return mean > 0;
    }
  }

  /** By class alone. */
  public LabelWeights(float[] byClass) {
    this(byClass, Examples.NONE);
  }

  /** By class, with weights that examples bring. */
  public LabelWeights with(Examples brought) {
    return new LabelWeights(byClass, brought);
  }

  /**
   * A mini-batch with its weights, to learn from.
   *
   * @param batch with the labels of the outputs and, where examples have weights, these
   */
  MiniBatch miniBatch(MiniBatch batch) {
    int numOutputs = batch.labels().length - (examples.areGiven() ? 1 : 0);
    return batch(batch, numOutputs, byClass, examples.areGiven());
  }

  /**
   * A mini-batch to be scored, with the weights of examples where scores heed them.
   *
   * @param batch with the labels of the outputs and, where its examples have weights, these
   */
  public MiniBatch scored(MiniBatch batch, int numOutputs) {
    return batch(batch, numOutputs, new float[0], examples.inScores());
  }

  private MiniBatch batch(MiniBatch batch, int numOutputs, float[] classes, boolean byExample) {
    float[][] labels = batch.labels();
    float[] weights = null;
    if (classes.length > 0 || byExample) {
      weights = ofClasses(labels[0], classes);
      for (int i = 0; byExample && i < weights.length; i++) {
        int example = i / (weights.length / batch.size());
        weights[i] = (float) (weights[i] * (labels[numOutputs][example] / examples.mean()));
      }
    }
    return numOutputs == labels.length && weights == null
        ? batch
        : new MiniBatch(
            batch.size(),
            batch.inputs(),
            batch.lengths(),
            Arrays.copyOf(labels, numOutputs),
            weights);
  }

  /** Weights as whole numbers that are exact in sums, in units that are the same for all. */
  public static long[] units(float[] weights) {
    long[] units = new long[weights.length];
    for (int i = 0; i < units.length; i++) {
      units[i] = Math.round((double) weights[i] * ONE);
    }
    return units;
  }

  /** The weight of each label of one output by its class; 0 where it is missing. */
  private static float[] ofClasses(float[] labels, float[] byClass) {
    float[] weights = new float[labels.length];
    for (int i = 0; i < labels.length; i++) {
      float ofClass = byClass.length == 0 || Float.isNaN(labels[i]) ? 1 : byClass[(int) labels[i]];
      weights[i] = Float.isNaN(labels[i]) ? 0 : ofClass;
    }
    return weights;
  }

  /** Sum of weights, in units that are the same for all mini-batches of a run. */
  static long sum(float[] weights) {
    long sum = 0;
    for (long unit : units(weights)) {
      sum += unit;
    }
    return sum;
  }
}
