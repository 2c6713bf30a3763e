package dev.braid.worker.data;

import java.io.Serializable;

/**
 * What the labels of a network's only output weigh in the loss of a training, by their class. The
 * loss of a mini-batch is the weighted mean, sum(w_i loss_i) / sum(w_i), as PyTorch's
 * CrossEntropyLoss has it, and a worker counts by its sum of weights: so workers of one local step
 * are one large mini-batch.
 *
 * @param byClass weight of each class; empty where all labels weigh the same
 */
@SuppressWarnings("ArrayRecordComponent") // read for each label; nobody compares them
public record LabelWeights(float[] byClass) implements Serializable {
  /** All labels weigh the same. */
  public static final LabelWeights NONE = new LabelWeights(new float[0]);

  /** A weight of 1 as a whole number, so that sums of weights are exact. */
  private static final int ONE = 1 << 20;

  /** Whether all labels weigh the same. */
  public boolean isNone() {
    return byClass.length == 0;
  }

  /** The weight of each label of one output; 0 where it is missing. */
  float[] of(float[] labels) {
    float[] weights = new float[labels.length];
    for (int i = 0; i < labels.length; i++) {
      weights[i] = Float.isNaN(labels[i]) ? 0 : byClass[(int) labels[i]];
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
