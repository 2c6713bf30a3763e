package dev.braid.worker.task.detection;

/**
 * The mean over the recalls 0, 0.01, ..., 1 of the best precision that is reached at this recall or
 * a larger one (Lin et al. 2014, arXiv:1405.0312): what pycocotools counts. Precision and recall
 * are those of the surest boxes alone, with one more at each place.
 */
final class AveragePrecision {
  private static final int RECALLS = 100;

  /** Beside 1, the smallest step of a double: pycocotools adds it to the number of boxes. */
  private static final double SMALLEST = Math.ulp(1.0);

  private AveragePrecision() {}

  /**
   * The average precision.
   *
   * @param right whether each box is right, from the surest on
   * @param numObjects to be found, at least 1
   */
  static double of(boolean[] right, long numObjects) {
    double[] recall = new double[right.length];
    double[] precision = new double[right.length];
    long numRight = 0;
    for (int i = 0; i < right.length; i++) {
      numRight += right[i] ? 1 : 0;
      recall[i] = (double) numRight / numObjects;
      precision[i] = numRight / (i + 1 + SMALLEST);
    }
    for (int i = right.length - 1; i > 0; i--) {
      precision[i - 1] = Math.max(precision[i - 1], precision[i]);
    }
    double sum = 0;
    int at = 0;
    for (int i = 0; i <= RECALLS; i++) {
      while (at < right.length && recall[at] < recall(i)) {
        at++;
      }
      sum += at < right.length ? precision[at] : 0;
    }
    return sum / (RECALLS + 1);
  }

  /** As numpy's linspace(0, 1, 101) has it, so that a recall met to the bit is met here too. */
  private static double recall(int i) {
    return i == RECALLS ? 1 : i * (1.0 / RECALLS);
  }
}
