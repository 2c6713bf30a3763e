package dev.braid.worker.task.detection;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Which of the boxes found in one picture are right, as COCO's evaluation has it: of each class,
 * from the surest on (of equally sure ones the first, and at most {@link #MOST}), each takes the
 * object with which its IoU is largest among those that are still free and reach a limit; of
 * objects with the same IoU the last. A box that takes one is right.
 */
final class Matching {
  /** Boxes of a class in a picture that count; those less sure do not. */
  static final int MOST = 100;

  /** The limits: 0.5, 0.55, ..., 0.95, to the bit as numpy's linspace has them. */
  static final double[] LIMITS = limits();

  private static final double ALMOST_ONE = 1 - 1e-10;

  private Matching() {}

  private static double[] limits() {
    double[] limits = new double[10];
    Arrays.setAll(limits, i -> 0.5 + i * ((0.95 - 0.5) / 9));
    limits[9] = 0.95;
    return limits;
  }

  /** The boxes of one class, from the surest on. */
  static List<ScoredBox> surest(List<ScoredBox> found, int label) {
    return found.stream()
        .filter(box -> box.label() == label)
        .sorted(Comparator.comparingDouble(box -> -box.score()))
        .limit(MOST)
        .toList();
  }

  /**
   * For each box a bit for each of {@link #LIMITS}, the lowest for the first: whether it is right.
   *
   * @param found boxes of one class, from the surest on
   * @param there the objects of that class
   */
  static int[] right(List<ScoredBox> found, List<Box> there) {
    int[] right = new int[found.size()];
    double[][] overlaps = new double[found.size()][there.size()];
    for (int i = 0; i < found.size(); i++) {
      for (int k = 0; k < there.size(); k++) {
        overlaps[i][k] = found.get(i).box().iou(there.get(k));
      }
    }
    for (int limit = 0; limit < LIMITS.length; limit++) {
      boolean[] taken = new boolean[there.size()];
      for (int i = 0; i < right.length; i++) {
        int match = match(overlaps[i], taken, Math.min(LIMITS[limit], ALMOST_ONE));
        if (match >= 0) {
          taken[match] = true;
          right[i] |= 1 << limit;
        }
      }
    }
    return right;
  }

  private static int match(double[] overlaps, boolean[] taken, double limit) {
    int match = -1;
    double best = limit;
    for (int k = 0; k < overlaps.length; k++) {
      if (!taken[k] && overlaps[k] >= best) {
        best = overlaps[k];
        match = k;
      }
    }
    return match;
  }
}
