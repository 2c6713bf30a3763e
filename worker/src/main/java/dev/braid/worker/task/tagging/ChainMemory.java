package dev.braid.worker.task.tagging;

import dev.braid.worker.loss.LossBatch;
import java.util.Arrays;

/** What {@link Crf} computes in, sentence by sentence; used again for the next mini-batch. */
final class ChainMemory {
  private LinearChain chain;
  private int units;
  private double[] scores = {};
  private double[] gradient = {};
  private double[] params = {};
  private double[] paramsGradient = {};
  private double[] ownGradient = {};
  private int[] tags = {};

  /** Takes a mini-batch's parameters, and sets gradients to 0. */
  void begin(LossBatch batch) {
    if (chain == null || units != batch.units()) {
      units = batch.units();
      chain = new LinearChain(units, null);
      params = new double[LinearChain.numParams(units)];
      paramsGradient = new double[params.length];
      ownGradient = new double[params.length];
    }
    int steps = batch.steps();
    tags = tags.length < steps ? new int[steps] : tags;
    if (scores.length < steps * units) {
      scores = new double[steps * units];
      gradient = new double[steps * units];
    }
    System.arraycopy(batch.parameter(0), 0, params, 0, units * units);
    System.arraycopy(batch.parameter(1), 0, params, units * units, units);
    System.arraycopy(batch.parameter(2), 0, params, units * units + units, units);
    Arrays.fill(paramsGradient, 0);
    if (batch.gradient() != null) {
      Arrays.fill(batch.gradient(), 0, batch.numRows() * units, 0);
    }
  }

  private int take(LossBatch batch, int example) {
    int length = batch.length(example);
    System.arraycopy(batch.outputs(), example * batch.steps() * units, scores, 0, length * units);
    return length;
  }

  /**
   * The loss of one sentence.
   *
   * @param share by which its gradients are multiplied before they are added
   */
  double loss(LossBatch batch, int example, double share) {
    int length = take(batch, example);
    int from = example * batch.steps();
    for (int t = 0; t < length; t++) {
      float label = batch.labels()[from + t];
      tags[t] = Float.isNaN(label) ? LinearChain.ANY : (int) label;
    }
    Arrays.fill(ownGradient, 0);
    double loss = chain.loss(scores, length, tags, params, gradient, ownGradient);
    for (int i = 0; batch.gradient() != null && i < length * units; i++) {
      batch.gradient()[from * units + i] = share * gradient[i];
    }
    for (int i = 0; i < ownGradient.length; i++) {
      paramsGradient[i] += share * ownGradient[i];
    }
    return loss;
  }

  /** Gives the gradients of the parameters. */
  void end(LossBatch batch) {
    if (batch.parameterGradient(0) != null) {
      System.arraycopy(paramsGradient, 0, batch.parameterGradient(0), 0, units * units);
      System.arraycopy(paramsGradient, units * units, batch.parameterGradient(1), 0, units);
      System.arraycopy(paramsGradient, units * units + units, batch.parameterGradient(2), 0, units);
    }
  }

  /** The tags of the best path of one sentence. */
  int[] best(LossBatch batch, int example) {
    return chain.best(scores, take(batch, example), params);
  }
}
