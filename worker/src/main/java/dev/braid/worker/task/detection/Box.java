package dev.braid.worker.task.detection;

import static dev.braid.worker.Check.require;

/**
 * A rectangle in a picture, its sides along the picture's: in pixels, or in shares of the picture's
 * width and height. The origin is the upper left corner.
 *
 * @param left where it begins, along the width
 * @param top where it begins, along the height
 * @param right where it ends, beyond {@code left}
 * @param bottom where it ends, beyond {@code top}
 */
public record Box(double left, double top, double right, double bottom) {
  public Box {
    require(
        Double.isFinite(left)
            && Double.isFinite(top)
            && Double.isFinite(right)
            && Double.isFinite(bottom),
        "a box has four finite numbers, got %s, %s, %s, %s",
        left,
        top,
        right,
        bottom);
    require(
        right > left && bottom > top,
        "a box has an area: from (%s, %s) to (%s, %s) there is none",
        left,
        top,
        right,
        bottom);
  }

  /** The box of this size around a point. */
  public static Box around(double x, double y, double height, double width) {
    return new Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2);
  }

  /** Its extent from left to right. */
  public double width() {
    return right - left;
  }

  /** Its extent from top to bottom. */
  public double height() {
    return bottom - top;
  }

  /** Width times height. */
  public double area() {
    return width() * height();
  }

  /**
   * The area in both boxes over the area in either (Jaccard 1901): 0 for strangers, 1 for equals.
   */
  public double iou(Box other) {
    return iou(left, top, right, bottom, other.left, other.top, other.right, other.bottom);
  }

  /** The same of two boxes by their numbers, for loops that make no objects. */
  static double iou(
      double left,
      double top,
      double right,
      double bottom,
      double otherLeft,
      double otherTop,
      double otherRight,
      double otherBottom) {
    double width = Math.min(right, otherRight) - Math.max(left, otherLeft);
    double height = Math.min(bottom, otherBottom) - Math.max(top, otherTop);
    if (!(width > 0 && height > 0)) {
      return 0;
    }
    double both = width * height;
    double all =
        (right - left) * (bottom - top) + (otherRight - otherLeft) * (otherBottom - otherTop);
    return both / (all - both);
  }
}
