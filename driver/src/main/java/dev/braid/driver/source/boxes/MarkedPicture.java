package dev.braid.driver.source.boxes;

import static dev.braid.worker.Check.require;

import dev.braid.worker.task.detection.Box;
import dev.braid.worker.task.detection.BoxLabel;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * What is known of a picture before it is read.
 *
 * @param place where that stands, for messages
 * @param height of the picture in pixels; 0 where the file does not tell
 * @param width of the picture in pixels; 0 where the file does not tell
 * @param objects in it; none is an answer too
 * @param problem why it cannot be used; null where it can
 */
public record MarkedPicture(
    String place, int height, int width, ArrayList<MarkedPicture.Marked> objects, String problem)
    implements Serializable {
  /** By how much of the picture rounding may lead a box beyond it. */
  private static final double ROUNDING = 1e-5;

  /**
   * An object.
   *
   * @param name of its class
   * @param x of its centre; this and the others are shares of the picture's width or height
   * @param y of its centre
   * @param boxHeight its extent from top to bottom
   * @param boxWidth its extent from left to right
   */
  public record Marked(String name, double x, double y, double boxHeight, double boxWidth)
      implements Serializable {

    /**
     * An object whose box is in shares of its picture.
     *
     * @throws IllegalArgumentException where the box has no area, or lies outside the picture
     */
    static Marked of(String name, double left, double top, double right, double bottom) {
      Box box = new Box(left, top, right, bottom);
      require(
          left >= -ROUNDING && top >= -ROUNDING && right <= 1 + ROUNDING && bottom <= 1 + ROUNDING,
          "the box of a '%s' lies outside the picture: in shares of it from (%s, %s) to (%s, %s)",
          name,
          left,
          top,
          right,
          bottom);
      return new Marked(name, (left + right) / 2, (top + bottom) / 2, box.height(), box.width());
    }

    /**
     * An object whose box is in pixels.
     *
     * @throws IllegalArgumentException where the box has no area, or lies outside the picture
     */
    static Marked ofPixels(
        String name, double left, double top, double right, double bottom, int height, int width) {
      var unused = new Box(left, top, right, bottom); // refuses a box without an area
      require(
          left >= 0 && top >= 0 && right <= width && bottom <= height,
          "the box of a '%s' lies outside the picture, which is %d wide and %d high: from (%s, %s)"
              + " to (%s, %s)",
          name,
          width,
          height,
          left,
          top,
          right,
          bottom);
      return of(name, left / width, top / height, right / width, bottom / height);
    }
  }

  /** A picture with these objects. */
  static MarkedPicture of(String place, int height, int width, List<Marked> objects) {
    return new MarkedPicture(place, height, width, new ArrayList<>(objects), null);
  }

  /** A picture of which no file tells, which has no objects. */
  public static MarkedPicture empty(String name) {
    return of(name, 0, 0, List.of());
  }

  /** A picture that cannot be used. */
  static MarkedPicture broken(String place, String problem) {
    return new MarkedPicture(place, 0, 0, new ArrayList<>(), place + ": " + problem);
  }

  /**
   * Its label as values: how many objects there are, then of each its class and four numbers; null
   * where nothing follows.
   *
   * @param most objects that there is room for
   */
  List<Object> label(int most) {
    List<Object> label = new ArrayList<>();
    label.add(objects.size());
    for (Marked object : objects) {
      label.add(BoxLabel.written(object.name()));
      label.add((float) object.x());
      label.add((float) object.y());
      label.add((float) object.boxHeight());
      label.add((float) object.boxWidth());
    }
    while (label.size() < BoxLabel.width(most)) {
      label.add(null);
    }
    return label;
  }

  /** Refuses a picture of another size than the file says. */
  void requireSize(int foundHeight, int foundWidth) {
    require(
        (height == 0 && width == 0) || (height == foundHeight && width == foundWidth),
        "the picture is %d wide and %d high, but %s says %d and %d",
        foundWidth,
        foundHeight,
        place,
        width,
        height);
  }
}
