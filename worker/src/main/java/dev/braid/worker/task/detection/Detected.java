package dev.braid.worker.task.detection;

import static dev.braid.worker.Check.require;

import dev.braid.worker.metric.MetricBytes;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.random.SplitMix;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * How well boxes are found, as COCO's evaluation counts it: map50 is the mean over the classes of
 * the average precision (see {@link AveragePrecision}) of boxes that are right from an IoU of 0.5
 * on, map the mean of that over the limits 0.5, 0.55, ..., 0.95. Classes without an object do not
 * take part. A picture without a label counts nothing; one that is labelled as empty does.
 */
public final class Detected implements Metrics {
  /** Numbers of a box among those that are kept to be shown. */
  private static final int SHOWN = 6;

  private final int positions;
  private final Boxes counted;
  private final double surest;
  private final Detections detections;

  /**
   * @param positions of the output
   * @param counted the boxes that are counted, also those that are hardly sure
   * @param surest from which score on a box is part of what users see
   */
  Detected(int numClasses, int positions, Boxes counted, double surest) {
    this.positions = positions;
    this.counted = counted;
    this.surest = surest;
    this.detections = new Detections(numClasses);
  }

  @Override
  public String kind() {
    return DetectionTask.NAME;
  }

  private List<ScoredBox> found(float[] numbers) {
    return counted.of(numbers, detections.numClasses(), positions);
  }

  @Override
  public void add(int size, float[] predictions, float[] labels) {
    int width = size == 0 ? 0 : labels.length / size;
    int numbers = size == 0 ? 0 : predictions.length / size;
    for (int i = 0; i < size; i++) {
      if (BoxLabel.isPresent(labels, i * width)) {
        float[] label = Arrays.copyOfRange(labels, i * width, (i + 1) * width);
        List<ScoredBox> found =
            found(Arrays.copyOfRange(predictions, i * numbers, (i + 1) * numbers));
        detections.add(key(label, found), found, BoxLabel.objects(label, 0));
      }
    }
  }

  /** Tells a picture from others by what is there and what was found. */
  private static long key(float[] label, List<ScoredBox> found) {
    long key = 0;
    for (float number : label) {
      key = SplitMix.key(key, Float.floatToIntBits(number));
    }
    for (ScoredBox box : found) {
      key = SplitMix.key(key, Float.floatToIntBits(box.score()));
      key = SplitMix.key(key, Double.doubleToLongBits(box.box().left()));
      key = SplitMix.key(key, Double.doubleToLongBits(box.box().top()));
    }
    return key;
  }

  /**
   * The share of the objects and boxes of a picture that have no match at an IoU of 0.5, of the
   * boxes that users see; NaN where there is none.
   */
  @Override
  public float mistake(float[] predictions, float[] labels) {
    if (!BoxLabel.isPresent(labels, 0)) {
      return Float.NaN;
    }
    Detections own = new Detections(detections.numClasses());
    own.add(0, seen(predictions), BoxLabel.objects(labels, 0));
    long all = 0;
    long right = 0;
    for (int label = 0; label < own.numClasses(); label++) {
      all += own.numObjects(label) + own.numFound(label);
      right += own.numRight(label);
    }
    return all == 2 * right ? Float.NaN : 1 - 2f * right / all;
  }

  private List<ScoredBox> seen(float[] predictions) {
    return found(predictions).stream().filter(box -> box.score() >= surest).toList();
  }

  /** The boxes that users see, to be read by {@link #read(List)}. */
  @Override
  public float[] shown(float[] predictions, float[] labels) {
    List<ScoredBox> seen = seen(predictions);
    float[] shown = new float[seen.size() * SHOWN];
    int at = 0;
    for (ScoredBox each : seen) {
      shown[at++] = each.label();
      shown[at++] = each.score();
      shown[at++] = (float) each.box().left();
      shown[at++] = (float) each.box().top();
      shown[at++] = (float) each.box().right();
      shown[at++] = (float) each.box().bottom();
    }
    return shown;
  }

  /** The boxes of {@link #shown}. */
  public static List<ScoredBox> read(List<Float> shown) {
    return IntStream.range(0, shown.size() / SHOWN)
        .map(i -> i * SHOWN)
        .mapToObj(
            at ->
                new ScoredBox(
                    new Box(
                        shown.get(at + 2), shown.get(at + 3), shown.get(at + 4), shown.get(at + 5)),
                    shown.get(at).intValue(),
                    shown.get(at + 1)))
        .toList();
  }

  /** How many classes there are. */
  public int numClasses() {
    return detections.numClasses();
  }

  /** Objects of a class in all pictures. */
  public long numObjects(int label) {
    return detections.numObjects(label);
  }

  /** The average precision of a class at an IoU of 0.5; NaN where there is no such object. */
  public double averagePrecision50(int label) {
    return detections.averagePrecision(label, 0);
  }

  /** The average precision of a class, the mean over all limits; NaN where there is no object. */
  public double averagePrecision(int label) {
    return IntStream.range(0, Matching.LIMITS.length)
        .mapToDouble(limit -> detections.averagePrecision(label, limit))
        .average()
        .orElse(Double.NaN);
  }

  @Override
  public void merge(Metrics other) {
    require(
        other instanceof Detected that
            && that.positions == positions
            && that.counted.equals(counted)
            && that.numClasses() == numClasses(),
        "cannot merge with the counts of another kind of output");
    detections.merge(((Detected) other).detections);
  }

  @Override
  public List<String> names() {
    return List.of("map50", "map");
  }

  @Override
  public Map<String, Double> values() {
    Map<String, Double> values = new LinkedHashMap<>();
    double map50 = detections.meanPrecision(0);
    if (!Double.isNaN(map50)) {
      values.put("map50", map50);
      values.put("map", detections.meanPrecision());
    }
    return values;
  }

  @Override
  public boolean isBetterHigher(String name) {
    return true;
  }

  @Override
  public void write(DataOutputStream out) throws IOException {
    MetricBytes.writeCount(out, numClasses());
    MetricBytes.writeCount(out, positions);
    MetricBytes.writeDoubles(
        out, new double[] {counted.minScore(), counted.maxOverlap(), counted.most(), surest});
    detections.write(out);
  }

  static Detected read(DataInputStream in) throws IOException {
    int numClasses = (int) MetricBytes.readCount(in);
    int positions = (int) MetricBytes.readCount(in);
    double[] settings = new double[4];
    MetricBytes.readDoubles(in, settings);
    Boxes counted = new Boxes(settings[0], settings[1], (int) settings[2]);
    Detected metrics = new Detected(numClasses, positions, counted, settings[3]);
    metrics.detections.read(in);
    return metrics;
  }
}
