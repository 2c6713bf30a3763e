package dev.braid.worker.dl4j.network;

import dev.braid.worker.shape.Shape;
import java.io.Serializable;
import org.deeplearning4j.nn.conf.layers.objdetect.Yolo2OutputLayer;

/**
 * What a YOLO output (Redmon, Farhadi 2016, arXiv:1612.08242) says, in the form of its labels: for
 * each cell of the grid the corners of a box, in cells, and 0s and a 1 for its class; all 0 where
 * there is no object.
 *
 * @param count boxes that each cell proposes
 */
record YoloBoxes(int count) implements Serializable {
  /** x, y, width, height and confidence, before the classes. */
  private static final int NUM_NUMBERS = 5;

  private static final int NUM_CORNERS = 4;

  static YoloBoxes of(Yolo2OutputLayer layer) {
    return new YoloBoxes(Math.toIntExact(layer.getBoundingBoxes().size(0)));
  }

  /**
   * The shape of a label.
   *
   * @param output [count x (5 + classes), height, width]
   * @return [4 + classes, height, width]
   */
  Shape labelShape(Shape output) {
    int classes = output.channels() / count - NUM_NUMBERS;
    return Shape.of(NUM_CORNERS + classes, output.sizes().get(1), output.sizes().get(2));
  }

  /**
   * Each cell's most confident box, where its confidence is above 1/2.
   *
   * @param answers [size x count x (5 + classes) x height x width]
   * @param label shape of a label
   * @return [size x label]; classes with their probabilities
   */
  float[] asLabels(float[] answers, Shape label) {
    int classes = label.channels() - NUM_CORNERS;
    int width = label.sizes().get(2);
    int cells = label.sizes().get(1) * width;
    int box = (NUM_NUMBERS + classes) * cells;
    int size = answers.length / (count * box);
    float[] labels = new float[size * label.size()];
    for (int example = 0; example < size; example++) {
      for (int cell = 0; cell < cells; cell++) {
        int from = example * count * box + cell;
        int best = from;
        for (int b = 1; b < count; b++) {
          int other = from + b * box;
          best = answers[other + 4 * cells] > answers[best + 4 * cells] ? other : best;
        }
        if (answers[best + 4 * cells] > 0.5f) {
          int to = example * label.size() + cell;
          float[] corners = corners(answers, best, cells, cell % width, cell / width);
          for (int k = 0; k < NUM_CORNERS; k++) {
            labels[to + k * cells] = corners[k];
          }
          for (int k = 0; k < classes; k++) {
            labels[to + (NUM_CORNERS + k) * cells] = answers[best + (NUM_NUMBERS + k) * cells];
          }
        }
      }
    }
    return labels;
  }

  /** Left, upper, right and lower edge of the box in the cell at x, y. */
  private static float[] corners(float[] answers, int from, int cells, int x, int y) {
    float centreX = x + answers[from];
    float centreY = y + answers[from + cells];
    float halfWidth = answers[from + 2 * cells] / 2;
    float halfHeight = answers[from + 3 * cells] / 2;
    return new float[] {
      centreX - halfWidth, centreY - halfHeight, centreX + halfWidth, centreY + halfHeight
    };
  }
}
