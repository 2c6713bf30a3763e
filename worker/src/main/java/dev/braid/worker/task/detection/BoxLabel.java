package dev.braid.worker.task.detection;

import static dev.braid.worker.Check.require;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The objects of a picture as the numbers of a label: how many there are, then of each its class,
 * the x and y of its centre, its height and its width, in shares of the picture's width and height;
 * what is left over is NaN. A picture without objects begins with 0. A label that is missing is NaN
 * from its beginning on.
 */
public final class BoxLabel {
  /** Numbers of an object. */
  public static final int NUMBERS = 5;

  private static final int X = 1;
  private static final int Y = 2;
  private static final int HEIGHT = 3;
  private static final int WIDTH = 4;

  private BoxLabel() {}

  /** Stands before the name of a class, so that no name is taken for a number. */
  private static final String CLASS = "class ";

  /** How the class of an object is written among the values of a label. */
  public static String written(String name) {
    return CLASS + name;
  }

  /** The name of a class of {@link #written}; null where that is a number. */
  static String name(String written) {
    return written.startsWith(CLASS) ? written.substring(CLASS.length()) : null;
  }

  /** Numbers in a label that has room for so many objects. */
  public static int width(int most) {
    return Math.addExact(1, Math.multiplyExact(NUMBERS, most));
  }

  /**
   * The label of a picture.
   *
   * @param objects in shares of the picture
   * @param width numbers in it
   */
  public static float[] of(List<LabelledBox> objects, int width) {
    require(
        width(objects.size()) <= width,
        "a picture has %,d boxes, but labels here have room for %,d",
        objects.size(),
        (width - 1) / NUMBERS);
    float[] label = new float[width];
    Arrays.fill(label, Float.NaN);
    label[0] = objects.size();
    int at = 1;
    for (LabelledBox object : objects) {
      Box box = object.box();
      label[at] = object.label();
      label[at + X] = (float) ((box.left() + box.right()) / 2);
      label[at + Y] = (float) ((box.top() + box.bottom()) / 2);
      label[at + HEIGHT] = (float) box.height();
      label[at + WIDTH] = (float) box.width();
      at += NUMBERS;
    }
    return label;
  }

  /** Whether the label that begins at {@code from} is there. */
  static boolean isPresent(float[] labels, int from) {
    return !Float.isNaN(labels[from]);
  }

  /** How many objects the label that begins at {@code from} has; 0 where it is missing. */
  static int count(float[] labels, int from) {
    return isPresent(labels, from) ? (int) labels[from] : 0;
  }

  private static int at(int from, int object) {
    return from + 1 + object * NUMBERS;
  }

  /** Where x, y, height and width of the first object begin, of a label at {@code from}. */
  static int place(int from) {
    return at(from, 0) + X;
  }

  static int classOf(float[] labels, int from, int object) {
    return (int) labels[at(from, object)];
  }

  static double x(float[] labels, int from, int object) {
    return labels[at(from, object) + X];
  }

  static double y(float[] labels, int from, int object) {
    return labels[at(from, object) + Y];
  }

  static double height(float[] labels, int from, int object) {
    return labels[at(from, object) + HEIGHT];
  }

  static double width(float[] labels, int from, int object) {
    return labels[at(from, object) + WIDTH];
  }

  /** The objects of the label that begins at {@code from}, in shares of the picture. */
  public static List<LabelledBox> objects(float[] labels, int from) {
    List<LabelledBox> objects = new ArrayList<>();
    for (int i = 0; i < count(labels, from); i++) {
      Box box =
          Box.around(
              x(labels, from, i),
              y(labels, from, i),
              height(labels, from, i),
              width(labels, from, i));
      objects.add(new LabelledBox(box, classOf(labels, from, i)));
    }
    return objects;
  }
}
