package dev.braid.worker.task.detection;

import static dev.braid.worker.Check.require;

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
public record Boxes(double minScore, double maxOverlap, int most) {
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
   * @param numbers of each slot pc, bx, by, bh, bw and the classes' probabilities, one slot after
   *     another
   */
  public List<ScoredBox> of(float[] numbers, int numClasses) {
    int slotSize = Yolo.BEFORE_CLASSES + numClasses;
    List<ScoredBox> candidates = new ArrayList<>();
    for (int at = 0; at + slotSize <= numbers.length; at += slotSize) {
      int label = mostProbable(numbers, at + Yolo.BEFORE_CLASSES, numClasses);
      float score = numbers[at] * numbers[at + Yolo.BEFORE_CLASSES + label];
      if (score >= minScore && hasArea(numbers, at)) {
        Box box = Box.around(numbers[at + 1], numbers[at + 2], numbers[at + 3], numbers[at + 4]);
        candidates.add(new ScoredBox(box, label, score));
      }
    }
    return Suppression.keep(candidates, maxOverlap, most);
  }

  /** Whether there is a box: early in a training sizes may be 0 or beyond all numbers. */
  private static boolean hasArea(float[] numbers, int at) {
    double height = numbers[at + 3];
    double width = numbers[at + 4];
    return height > 1e-6 && width > 1e-6 && Double.isFinite(height) && Double.isFinite(width);
  }

  private static int mostProbable(float[] numbers, int at, int numClasses) {
    int best = 0;
    for (int i = 1; i < numClasses; i++) {
      best = numbers[at + i] > numbers[at + best] ? i : best;
    }
    return best;
  }
}
