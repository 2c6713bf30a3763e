package dev.braid.worker.network;

import static dev.braid.worker.Check.require;

import java.io.Serializable;

/**
 * What the data has to say about the labels of one output.
 *
 * @param width numbers in an example's label; where it is along time, in one step of it
 * @param classes number of classes where they are indices of classes, else 0
 * @param alongTime whether a label has as many steps as its example
 */
public record Target(int width, int classes, boolean alongTime) implements Serializable {
  public Target {
    require(width > 0, "a label has at least one number, got %d", width);
    require(classes >= 0, "the number of classes must not be negative, got %d", classes);
  }

  /** Of labels that are not along time. */
  public Target(int width, int classes) {
    this(width, classes, false);
  }

  /** One class out of {@code classes} for each example. */
  public static Target ofClasses(int classes) {
    return new Target(1, classes);
  }

  /** {@code width} plain numbers for each example. */
  public static Target ofNumbers(int width) {
    return new Target(width, 0);
  }
}
