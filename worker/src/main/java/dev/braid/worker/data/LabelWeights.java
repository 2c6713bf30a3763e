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
 * @param byExample whether each example brings a weight of its own, as one label more behind that
 *     of the output
 */
@SuppressWarnings("ArrayRecordComponent") // read for each label; nobody compares them
public record LabelWeights(float[] byClass, boolean byExample) implements Serializable {
  /** All labels weigh the same. */
  public static final LabelWeights NONE = new LabelWeights(new float[0], false);

  /** Each example brings its own weight. */
  public static final LabelWeights OF_EXAMPLES = new LabelWeights(new float[0], true);

  /** A weight of 1 as a whole number, so that sums of weights are exact. */
  private static final int ONE = 1 << 20;

  /** By class alone. */
  public LabelWeights(float[] byClass) {
    this(byClass, false);
  }

  /** Whether all labels weigh the same. */
  public boolean isNone() {
    return byClass.length == 0 && !byExample;
  }

  /**
   * A mini-batch with its weights.
   *
   * @param batch with the labels of the outputs and, where examples have weights, these
   */
  MiniBatch miniBatch(MiniBatch batch) {
    if (isNone()) {
      return batch;
    }
    float[][] labels = batch.labels();
    int numOutputs = labels.length - (byExample ? 1 : 0);
    float[] weights = ofClasses(labels[0]);
    if (byExample) {
      float[] own = labels[numOutputs];
      for (int i = 0; i < weights.length; i++) {
        weights[i] *= own[i / (weights.length / batch.size())];
      }
    }
    return new MiniBatch(
        batch.size(), batch.inputs(), batch.lengths(), Arrays.copyOf(labels, numOutputs), weights);
  }

  /** The weight of each label of one output by its class; 0 where it is missing. */
  private float[] ofClasses(float[] labels) {
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
    for (float weight : weights) {
      sum += Math.round((double) weight * ONE);
    }
    return sum;
  }
}
