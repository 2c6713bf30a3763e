package dev.braid.worker.task.detection;

import static dev.braid.worker.Check.require;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Non-maximum suppression: of several boxes around one object the surest is kept. Boxes are taken
 * from the surest on, of equally sure ones the first; each that overlaps one of its class that was
 * kept by an IoU above the limit is dropped. Boxes of different classes do not know each other.
 */
public final class Suppression {
  private Suppression() {}

  /**
   * The boxes that are kept, from the surest on.
   *
   * @param most how many are kept at most
   * @param iou the limit, between 0 and 1
   */
  public static List<ScoredBox> keep(List<ScoredBox> boxes, double iou, int most) {
    require(iou >= 0 && iou <= 1, "the limit of the IoU is between 0 and 1, got %s", iou);
    List<ScoredBox> sorted = new ArrayList<>(boxes);
    sorted.sort(Comparator.comparingDouble((ScoredBox box) -> -box.score()));
    List<ScoredBox> kept = new ArrayList<>();
    for (ScoredBox box : sorted) {
      if (kept.size() == most) {
        break;
      }
      if (kept.stream().noneMatch(surer -> overlap(surer, box) > iou)) {
        kept.add(box);
      }
    }
    return kept;
  }

  private static double overlap(ScoredBox one, ScoredBox other) {
    return one.label() == other.label() ? one.box().iou(other.box()) : 0;
  }
}
