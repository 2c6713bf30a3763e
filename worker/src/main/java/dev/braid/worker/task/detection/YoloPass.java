package dev.braid.worker.task.detection;

import static dev.braid.worker.function.Transcendental.exp;
import static dev.braid.worker.function.Transcendental.log;
import static dev.braid.worker.function.Transcendental.sigmoid;
import static dev.braid.worker.function.Transcendental.softplus;

/**
 * The loss of {@link Yolo} and its answers, picture by picture. With H(p, y) = -y log p - (1 - y)
 * log(1 - p), a slot that answers for an object (see {@link Assignment}) costs
 *
 * <pre>
 *   H(pc, 1) - log(probability of the class) + coordinates (2 - w h) (
 *       H(sigmoid(t1), x) + H(sigmoid(t2), y) + (t3 - log(h / ah))^2 / 2 + (t4 - log(w / aw))^2 / 2)
 * </pre>
 *
 * with x, y the object's centre within the cell, from 0 to 1, w and h its size and aw, ah the
 * anchor's: what the gradients in YOLOv3's own program are of (Redmon and Farhadi 2018,
 * arXiv:1804.02767), with one class for each object. A slot without an object costs background
 * H(pc, 0), and nothing where its box is nearly right: its IoU with some object is above
 * ignoreAbove. No gradient goes through that choice.
 *
 * <p>Keeps its working memory; for one thread.
 */
final class YoloPass {
  private static final int X = 1;
  private static final int Y = 2;
  private static final int HEIGHT = 3;
  private static final int WIDTH = 4;

  private final Yolo yolo;
  private final Assignment assignment;
  private final int numClasses;
  private final int slotSize;
  private int rows;
  private int columns;
  private double[] outputs;
  private double[] gradient;
  private double share;
  private float[] labels;
  private int label;

  YoloPass(Yolo yolo, int numClasses) {
    this.yolo = yolo;
    this.numClasses = numClasses;
    this.slotSize = Yolo.BEFORE_CLASSES + numClasses;
    this.assignment = new Assignment(yolo.anchors());
  }

  /** Takes the size of the grid. */
  YoloPass on(int rows, int columns) {
    this.rows = rows;
    this.columns = columns;
    return this;
  }

  /** Numbers of a picture: [rows, columns, anchors, pc bx by bh bw classes]. */
  int size() {
    return rows * columns * yolo.anchors().size() * slotSize;
  }

  /**
   * The loss of a picture.
   *
   * @param outputs t, {@link #size} numbers from {@code from} on
   * @param labels a {@link BoxLabel} from {@code label} on
   * @param share by which the gradient is multiplied before it is written
   * @param gradient receives it at the places of the outputs; null where nobody asks
   */
  double loss(
      double[] outputs, int from, float[] labels, int label, double share, double[] gradient) {
    this.outputs = outputs;
    this.gradient = gradient;
    this.share = share;
    this.labels = labels;
    this.label = label;
    assignment.take(labels, label, rows, columns);
    double sum = 0;
    for (int slot = 0; slot < assignment.numSlots(); slot++) {
      int at = from + slot * slotSize;
      int object = assignment.owner(slot);
      sum += object == Assignment.NONE ? ofBackground(at, slot) : ofObject(at, slot, object);
    }
    return sum;
  }

  /** A slot without an object. */
  private double ofBackground(int at, int slot) {
    for (int i = 0; gradient != null && i < slotSize; i++) {
      gradient[at + i] = 0;
    }
    if (isNearlyRight(at, slot)) {
      return 0;
    }
    if (gradient != null) {
      gradient[at] = share * yolo.background() * sigmoid(outputs[at]);
    }
    return yolo.background() * softplus(outputs[at]);
  }

  private boolean isNearlyRight(int at, int slot) {
    int count = BoxLabel.count(labels, label);
    if (count == 0) {
      return false;
    }
    double x = x(at, slot);
    double y = y(at, slot);
    double halfWidth = width(at, slot) / 2;
    double halfHeight = height(at, slot) / 2;
    for (int i = 0; i < count; i++) {
      double otherX = BoxLabel.x(labels, label, i);
      double otherY = BoxLabel.y(labels, label, i);
      double otherHalfWidth = BoxLabel.width(labels, label, i) / 2;
      double otherHalfHeight = BoxLabel.height(labels, label, i) / 2;
      double iou =
          Box.iou(
              x - halfWidth,
              y - halfHeight,
              x + halfWidth,
              y + halfHeight,
              otherX - otherHalfWidth,
              otherY - otherHalfHeight,
              otherX + otherHalfWidth,
              otherY + otherHalfHeight);
      if (iou > yolo.ignoreAbove()) {
        return true;
      }
    }
    return false;
  }

  /** A slot that answers for an object. */
  private double ofObject(int at, int slot, int object) {
    double width = BoxLabel.width(labels, label, object);
    double height = BoxLabel.height(labels, label, object);
    Anchor anchor = anchor(slot);
    double weight = yolo.coordinates() * (2 - width * height);
    double x = BoxLabel.x(labels, label, object) * columns - column(slot);
    double y = BoxLabel.y(labels, label, object) * rows - row(slot);
    return yesOrNo(at, 1, 1)
        + yesOrNo(at + X, x, weight)
        + yesOrNo(at + Y, y, weight)
        + squared(at + HEIGHT, log(height / anchor.height()), weight)
        + squared(at + WIDTH, log(width / anchor.width()), weight)
        + ofClass(at + Yolo.BEFORE_CLASSES, BoxLabel.classOf(labels, label, object));
  }

  /** weight H(sigmoid(t), y). */
  private double yesOrNo(int at, double y, double weight) {
    if (gradient != null) {
      gradient[at] = share * weight * (sigmoid(outputs[at]) - y);
    }
    return weight * (softplus(outputs[at]) - y * outputs[at]);
  }

  /** weight (t - y)^2 / 2. */
  private double squared(int at, double y, double weight) {
    double distance = outputs[at] - y;
    if (gradient != null) {
      gradient[at] = share * weight * distance;
    }
    return weight * distance * distance / 2;
  }

  /** -log softmax(t) of the class. */
  private double ofClass(int at, int label) {
    double max = largest(at);
    double sum = 0;
    for (int i = 0; i < numClasses; i++) {
      sum += exp(outputs[at + i] - max);
    }
    for (int i = 0; gradient != null && i < numClasses; i++) {
      gradient[at + i] = share * (exp(outputs[at + i] - max) / sum - (i == label ? 1 : 0));
    }
    return max + log(sum) - outputs[at + label];
  }

  private double largest(int at) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < numClasses; i++) {
      max = Math.max(max, outputs[at + i]);
    }
    return max;
  }

  /**
   * Puts in place of t, from {@code from} on, what it stands for: pc, bx, by, bh, bw and the
   * classes' probabilities of each slot.
   */
  void answerInPlace(double[] outputs, int from) {
    this.outputs = outputs;
    int numSlots = rows * columns * yolo.anchors().size();
    for (int slot = 0; slot < numSlots; slot++) {
      int at = from + slot * slotSize;
      outputs[at] = sigmoid(outputs[at]);
      outputs[at + X] = x(at, slot);
      outputs[at + Y] = y(at, slot);
      outputs[at + HEIGHT] = height(at, slot);
      outputs[at + WIDTH] = width(at, slot);
      softmaxInPlace(at + Yolo.BEFORE_CLASSES);
    }
  }

  private void softmaxInPlace(int at) {
    double max = largest(at);
    double sum = 0;
    for (int i = 0; i < numClasses; i++) {
      outputs[at + i] = exp(outputs[at + i] - max);
      sum += outputs[at + i];
    }
    for (int i = 0; i < numClasses; i++) {
      outputs[at + i] /= sum;
    }
  }

  private double x(int at, int slot) {
    return (column(slot) + sigmoid(outputs[at + X])) / columns;
  }

  private double y(int at, int slot) {
    return (row(slot) + sigmoid(outputs[at + Y])) / rows;
  }

  private double height(int at, int slot) {
    return anchor(slot).height() * exp(outputs[at + HEIGHT]);
  }

  private double width(int at, int slot) {
    return anchor(slot).width() * exp(outputs[at + WIDTH]);
  }

  private int column(int slot) {
    return slot / yolo.anchors().size() % columns;
  }

  private int row(int slot) {
    return slot / yolo.anchors().size() / columns;
  }

  private Anchor anchor(int slot) {
    return yolo.anchors().get(slot % yolo.anchors().size());
  }
}
