package dev.braid.worker.task.detection;

import static dev.braid.worker.Check.require;

/**
 * A box that an object is in.
 *
 * @param box where the object is
 * @param label the index of its class
 */
public record LabelledBox(Box box, int label) {
  public LabelledBox {
    require(label >= 0, "the index of a class is not negative, got %d", label);
  }
}
