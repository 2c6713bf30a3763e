package dev.braid.worker.embedding;

import java.io.Serializable;

/**
 * A learning rate that falls evenly over a training.
 *
 * @param first at the start
 * @param last at the end
 */
public record LearningRates(double first, double last) implements Serializable {
  /** The learning rate after this part (0 to 1) of the whole training. */
  public double at(double progress) {
    return first + progress * (last - first);
  }
}
