package dev.braid.worker.task.detection;

import static dev.braid.worker.Check.require;

import java.io.Serializable;
import java.util.List;

/**
 * How a grid of cells answers with boxes. Each cell has for each anchor the numbers pc, bx, by, bh,
 * bw and one for each class. Of what a network computes for them, t, come
 *
 * <pre>
 *   pc = sigmoid(t0)                          how sure it is that there is an object
 *   bx = (column + sigmoid(t1)) / columns     its centre, in shares of the picture
 *   by = (row + sigmoid(t2)) / rows
 *   bh = anchor height x exp(t3)
 *   bw = anchor width x exp(t4)
 *   classes = softmax(t5 ...)
 * </pre>
 *
 * <p>(Redmon and Farhadi 2017, arXiv:1612.08242; 2018, arXiv:1804.02767.)
 *
 * @param anchors shapes that objects often have, at least one; {@code braid anchors} chooses them
 * @param ignoreAbove a slot without an object counts nothing where the IoU of its box with some
 *     object is above this; 0.5 if left out
 * @param coordinates what an object's box weighs in the loss; 1 if left out
 * @param background what a slot without an object weighs in the loss; 1 if left out
 */
public record Yolo(List<Anchor> anchors, Double ignoreAbove, Double coordinates, Double background)
    implements Serializable {
  /** Numbers of a slot before those of the classes. */
  static final int BEFORE_CLASSES = 5;

  public Yolo {
    require(
        anchors != null && !anchors.isEmpty(),
        "yolo needs anchors, lists of two numbers; braid anchors chooses them");
    anchors = List.copyOf(anchors);
    ignoreAbove = ignoreAbove == null ? 0.5 : ignoreAbove;
    coordinates = coordinates == null ? 1 : coordinates;
    background = background == null ? 1 : background;
    require(
        ignoreAbove >= 0 && ignoreAbove <= 1,
        "yolo.ignoreAbove must be between 0 and 1, got %s",
        ignoreAbove);
    require(
        coordinates > 0 && Double.isFinite(coordinates),
        "yolo.coordinates must be above 0, got %s",
        coordinates);
    require(
        background > 0 && Double.isFinite(background),
        "yolo.background must be above 0, got %s",
        background);
  }

  /** With defaults for all but the anchors. */
  public Yolo(List<Anchor> anchors) {
    this(anchors, null, null, null);
  }

  /** Numbers that a network gives for each cell. */
  public int numUnits(int numClasses) {
    return anchors.size() * (BEFORE_CLASSES + numClasses);
  }

  /**
   * The number of classes that a cell of so many numbers tells apart.
   *
   * @throws IllegalArgumentException where there is no such number
   */
  public int numClasses(int units) {
    require(
        units % anchors.size() == 0 && units / anchors.size() > BEFORE_CLASSES,
        "%d anchors need %d numbers for each class and %d beside at each cell, got %d",
        anchors.size(),
        anchors.size(),
        numUnits(0),
        units);
    return units / anchors.size() - BEFORE_CLASSES;
  }
}
