package dev.braid.worker.task.detection;

import static dev.braid.worker.Check.require;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * How the boxes of a picture are chosen among all that a network answers with: each slot has a box,
 * which is of its most probable class (of equal ones the first) and as sure as pc times that
 * class's probability. Those that are not sure enough are left out, then those beside a surer one
 * ({@link Suppression}).
 *
 * @param minScore boxes that are less sure are left out
 * @param maxOverlap boxes whose IoU with a surer one of their class is above it are left out
 * @param most boxes of a picture at most
 */
public record Boxes(double minScore, double maxOverlap, int most) implements Serializable {
  public Boxes {
    require(minScore >= 0 && minScore <= 1, "minScore must be between 0 and 1, got %s", minScore);
    require(
        maxOverlap >= 0 && maxOverlap <= 1,
        "maxOverlap must be between 0 and 1, got %s",
        maxOverlap);
    require(most > 0, "most must be at least 1, got %d", most);
  }

  /**
   * The boxes of a picture, in shares of it, from the surest on.
   *
   * @param numbers of an output, [anchors x (pc bx by bh bw classes), positions]
   * @param positions of the grid: 1 where the picture is one cell
   */
  public List<ScoredBox> of(float[] numbers, int numClasses, int positions) {
    int slotSize = (Yolo.BEFORE_CLASSES + numClasses) * positions;
    List<ScoredBox> candidates = new ArrayList<>();
    for (int position = 0; position < positions; position++) {
      for (int at = position; at < numbers.length; at += slotSize) {
        add(numbers, at, positions, numClasses, candidates);
      }
    }
    return Suppression.keep(candidates, maxOverlap, most);
  }

  /** Adds a slot's box where it is sure enough; its numbers lie {@code step} apart. */
  private void add(float[] numbers, int at, int step, int numClasses, List<ScoredBox> candidates) {
    int classes = at + Yolo.BEFORE_CLASSES * step;
    int label = 0;
    for (int i = 1; i < numClasses; i++) {
      label = numbers[classes + i * step] > numbers[classes + label * step] ? i : label;
    }
    float score = numbers[at] * numbers[classes + label * step];
    double height = numbers[at + 3 * step];
    double width = numbers[at + 4 * step];
    if (score >= minScore && isSize(height) && isSize(width)) {
      Box box = Box.around(numbers[at + step], numbers[at + 2 * step], height, width);
      candidates.add(new ScoredBox(box, label, score));
    }
  }

  /** Whether a box has it: early in a training sizes may be 0, less, or beyond all numbers. */
  private static boolean isSize(double size) {
    return size > 1e-6 && Double.isFinite(size);
  }
}
