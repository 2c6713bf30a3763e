package dev.braid.worker.task.detection;

import static dev.braid.worker.Check.require;

/**
 * A box that a network found.
 *
 * @param box where the object is
 * @param label the index of its class
 * @param score how sure the network is of both, the larger the surer
 */
public record ScoredBox(Box box, int label, float score) {
  public ScoredBox {
    require(label >= 0, "the index of a class is not negative, got %d", label);
    require(!Float.isNaN(score), "the score of a box must be a number");
  }
}
