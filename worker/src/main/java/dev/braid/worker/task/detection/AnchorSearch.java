package dev.braid.worker.task.detection;

import static dev.braid.worker.Check.require;

import dev.braid.worker.random.SplitMix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Anchors for the objects of some pictures: the means of groups of boxes that are alike, by k-means
 * with the distance 1 - IoU of the shapes (Redmon and Farhadi 2017, arXiv:1612.08242), from
 * beginnings that lie far apart (k-means++, Arthur and Vassilvitskii 2007). The same boxes in the
 * same order and the same seed give the same anchors.
 */
public final class AnchorSearch {
  private static final int MOST_STEPS = 300;

  private final List<Anchor> shapes;

  /**
   * @param shapes of the objects, in shares of their pictures
   */
  public AnchorSearch(List<Anchor> shapes) {
    this.shapes = List.copyOf(shapes);
  }

  /** So many anchors, the smallest first. */
  public List<Anchor> find(int count, long seed) {
    require(count > 0, "the number of anchors must be at least 1, got %d", count);
    long distinct = shapes.stream().distinct().count();
    require(
        distinct >= count,
        "%d anchors need as many boxes of different shape, but there are %d",
        count,
        distinct);
    List<Anchor> anchors = beginnings(count, seed);
    int[] groups = new int[shapes.size()];
    Arrays.fill(groups, -1);
    for (int step = 0; step < MOST_STEPS && regroup(anchors, groups); step++) {
      anchors = means(anchors, groups);
    }
    anchors.sort(Comparator.comparingDouble(Anchor::area).thenComparingDouble(Anchor::width));
    return anchors;
  }

  /** The mean over all boxes of the IoU with the best of the anchors. */
  public double meanIou(List<Anchor> anchors) {
    double sum = 0;
    for (Anchor shape : shapes) {
      sum += iou(shape, anchors.get(nearest(shape, anchors)));
    }
    return sum / shapes.size();
  }

  private static double iou(Anchor one, Anchor other) {
    return one.iou(other.width(), other.height());
  }

  /** Each drawn with a probability that grows with its squared distance from those before it. */
  private List<Anchor> beginnings(int count, long seed) {
    SplitMix random = SplitMix.stream(SplitMix.key(seed, count));
    List<Anchor> chosen = new ArrayList<>();
    chosen.add(shapes.get(random.nextInt(shapes.size())));
    while (chosen.size() < count) {
      double[] upTo = new double[shapes.size()];
      double sum = 0;
      for (int i = 0; i < upTo.length; i++) {
        Anchor shape = shapes.get(i);
        double distance = 1 - iou(shape, chosen.get(nearest(shape, chosen)));
        sum += distance * distance;
        upTo[i] = sum;
      }
      chosen.add(shapes.get(firstBeyond(upTo, random.nextDouble() * sum)));
    }
    return chosen;
  }

  private static int firstBeyond(double[] upTo, double drawn) {
    int i = 0;
    while (i < upTo.length - 1 && upTo[i] <= drawn) {
      i++;
    }
    return i;
  }

  private static int nearest(Anchor shape, List<Anchor> anchors) {
    int nearest = 0;
    for (int i = 1; i < anchors.size(); i++) {
      if (iou(shape, anchors.get(i)) > iou(shape, anchors.get(nearest))) {
        nearest = i;
      }
    }
    return nearest;
  }

  /** Puts each box to its nearest anchor; false where that changes nothing. */
  private boolean regroup(List<Anchor> anchors, int[] groups) {
    boolean changed = false;
    for (int i = 0; i < groups.length; i++) {
      int nearest = nearest(shapes.get(i), anchors);
      changed |= nearest != groups[i];
      groups[i] = nearest;
    }
    return changed;
  }

  /** The mean of each group; an anchor without boxes stays. */
  private List<Anchor> means(List<Anchor> anchors, int[] groups) {
    double[] widths = new double[anchors.size()];
    double[] heights = new double[anchors.size()];
    int[] counts = new int[anchors.size()];
    for (int i = 0; i < groups.length; i++) {
      widths[groups[i]] += shapes.get(i).width();
      heights[groups[i]] += shapes.get(i).height();
      counts[groups[i]]++;
    }
    List<Anchor> means = new ArrayList<>();
    for (int k = 0; k < counts.length; k++) {
      means.add(
          counts[k] == 0
              ? anchors.get(k)
              : new Anchor(widths[k] / counts[k], heights[k] / counts[k]));
    }
    return means;
  }
}
