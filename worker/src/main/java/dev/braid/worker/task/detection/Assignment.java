package dev.braid.worker.task.detection;

import java.util.Arrays;
import java.util.List;

/**
 * Which object each slot of a grid answers for, a slot being a cell and one of its anchors. An
 * object belongs to the cell that its centre lies in, and there to the anchor with the highest IoU
 * of the shapes, of equal ones the first (Redmon and Farhadi 2017, arXiv:1612.08242). Objects are
 * taken in their order; where the slot is taken, the object goes to the next best anchor of the
 * cell, and where all are, to none. Used again for the next picture; for one thread.
 */
final class Assignment {
  /** The owner of a slot that answers for no object. */
  static final int NONE = -1;

  private final List<Anchor> anchors;
  private int[] owners = {};
  private int numSlots;

  Assignment(List<Anchor> anchors) {
    this.anchors = anchors;
  }

  /** Takes a picture's label, which begins at {@code from}, on a grid of so many cells. */
  void take(float[] labels, int from, int rows, int columns) {
    numSlots = rows * columns * anchors.size();
    owners = owners.length < numSlots ? new int[numSlots] : owners;
    Arrays.fill(owners, 0, numSlots, NONE);
    int count = BoxLabel.count(labels, from);
    for (int i = 0; i < count; i++) {
      int column = cell(BoxLabel.x(labels, from, i), columns);
      int row = cell(BoxLabel.y(labels, from, i), rows);
      int slot =
          free(
              (row * columns + column) * anchors.size(),
              BoxLabel.width(labels, from, i),
              BoxLabel.height(labels, from, i));
      if (slot != NONE) {
        owners[slot] = i;
      }
    }
  }

  /** The cell of a share of the picture; the last one's end belongs to it. */
  static int cell(double share, int cells) {
    return Math.max(0, Math.min(cells - 1, (int) Math.floor(share * cells)));
  }

  private int free(int first, double width, double height) {
    int best = NONE;
    double most = -1;
    for (int k = 0; k < anchors.size(); k++) {
      double iou = anchors.get(k).iou(width, height);
      if (owners[first + k] == NONE && iou > most) {
        most = iou;
        best = first + k;
      }
    }
    return best;
  }

  /** Cells times anchors, numbered row by row, in a cell by the anchors. */
  int numSlots() {
    return numSlots;
  }

  /** The object, by its place in the label, that a slot answers for, or {@link #NONE}. */
  int owner(int slot) {
    return owners[slot];
  }
}
