package dev.braid.worker.task.detection;

import static dev.braid.worker.Check.require;

import dev.braid.worker.metric.MetricBytes;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What was found in many pictures: for each class how many objects there are, and of each box its
 * score and at which limits of the IoU it is right. Precision depends on all of them in order of
 * their scores, so all are kept; of equally sure ones those of the picture with the smaller key
 * come first, so that it does not matter in which order pictures were added or counts merged.
 */
final class Detections {
  private static final Comparator<Hit> FROM_THE_SUREST =
      Comparator.comparingDouble((Hit hit) -> -hit.score)
          .thenComparingLong(Hit::picture)
          .thenComparingInt(Hit::rank)
          .thenComparingInt(Hit::right);

  private final long[] numObjects;
  private final List<List<Hit>> hits = new ArrayList<>();
  private boolean sorted = true;

  /**
   * A box that was found.
   *
   * @param picture the key of its picture
   * @param rank its place among the boxes of its class there
   * @param right a bit for each of {@link Matching#LIMITS}
   */
  private record Hit(float score, long picture, int rank, int right) {}

  Detections(int numClasses) {
    require(numClasses > 0, "detection needs at least 1 class, got %d", numClasses);
    numObjects = new long[numClasses];
    for (int i = 0; i < numClasses; i++) {
      hits.add(new ArrayList<>());
    }
  }

  int numClasses() {
    return numObjects.length;
  }

  /** Objects of a class in all pictures. */
  long numObjects(int label) {
    return numObjects[label];
  }

  /** Boxes of a class that were found, right or wrong. */
  long numFound(int label) {
    return hits.get(label).size();
  }

  /** Boxes of a class that are right at an IoU of 0.5. */
  long numRight(int label) {
    return hits.get(label).stream().filter(hit -> (hit.right & 1) != 0).count();
  }

  /**
   * Adds a picture.
   *
   * @param key tells it from others whose boxes are as sure
   */
  void add(long key, List<ScoredBox> found, List<LabelledBox> there) {
    for (int label = 0; label < numObjects.length; label++) {
      int own = label;
      List<Box> objects =
          there.stream().filter(box -> box.label() == own).map(LabelledBox::box).toList();
      List<ScoredBox> surest = Matching.surest(found, label);
      int[] right = Matching.right(surest, objects);
      numObjects[label] += objects.size();
      for (int rank = 0; rank < right.length; rank++) {
        hits.get(label).add(new Hit(surest.get(rank).score(), key, rank, right[rank]));
      }
    }
    sorted = false;
  }

  void merge(Detections other) {
    require(
        other.numClasses() == numClasses(),
        "cannot merge boxes of %d and %d classes",
        numClasses(),
        other.numClasses());
    for (int label = 0; label < numObjects.length; label++) {
      numObjects[label] += other.numObjects[label];
      hits.get(label).addAll(other.hits.get(label));
    }
    sorted = false;
  }

  private void sort() {
    if (!sorted) {
      hits.forEach(list -> list.sort(FROM_THE_SUREST));
      sorted = true;
    }
  }

  /**
   * The average precision of a class at one of {@link Matching#LIMITS}, see {@link
   * AveragePrecision}; NaN where no picture has such an object.
   */
  double averagePrecision(int label, int limit) {
    if (numObjects[label] == 0) {
      return Double.NaN;
    }
    sort();
    List<Hit> own = hits.get(label);
    boolean[] right = new boolean[own.size()];
    for (int i = 0; i < right.length; i++) {
      right[i] = (own.get(i).right >> limit & 1) != 0;
    }
    return AveragePrecision.of(right, numObjects[label]);
  }

  /** The mean over all classes that have objects, at one limit; NaN where none has. */
  double meanPrecision(int limit) {
    return IntStream.range(0, numClasses())
        .filter(label -> numObjects[label] > 0)
        .mapToDouble(label -> averagePrecision(label, limit))
        .average()
        .orElse(Double.NaN);
  }

  /** The mean over all limits as well; NaN where there are no objects. */
  double meanPrecision() {
    return IntStream.range(0, Matching.LIMITS.length)
        .mapToDouble(this::meanPrecision)
        .average()
        .getAsDouble();
  }

  /** Writes the counts; equal ones give equal bytes, in whatever order they came together. */
  void write(DataOutputStream out) throws IOException {
    sort();
    MetricBytes.writeCounts(out, numObjects);
    for (List<Hit> list : hits) {
      MetricBytes.writeCount(out, list.size());
      for (Hit hit : list) {
        out.writeFloat(hit.score);
        out.writeLong(hit.picture);
        MetricBytes.writeCount(out, hit.rank);
        MetricBytes.writeCount(out, hit.right);
      }
    }
  }

  /** Reads what {@link #write} wrote of as many classes. */
  void read(DataInputStream in) throws IOException {
    MetricBytes.readCounts(in, numObjects);
    for (List<Hit> list : hits) {
      long count = MetricBytes.readCount(in);
      for (long i = 0; i < count; i++) {
        float score = in.readFloat();
        long picture = in.readLong();
        int rank = (int) MetricBytes.readCount(in);
        list.add(new Hit(score, picture, rank, (int) MetricBytes.readCount(in)));
      }
    }
  }
}
