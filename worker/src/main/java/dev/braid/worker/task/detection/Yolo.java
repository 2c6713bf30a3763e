package dev.braid.worker.task.detection;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.loss.Loss;
import dev.braid.worker.loss.LossBatch;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The loss of boxes that the cells of a grid answer with, the positions of an image; the sum over a
 * picture's cells and anchors (see {@link YoloPass}), the mean over pictures. Each cell has for
 * each anchor the numbers pc, bx, by, bh, bw and one for each class. Of what a network computes for
 * them, t, come
 *
 * <pre>
 *   pc = sigmoid(t0)                          how sure it is that there is an object
 *   bx = (column + sigmoid(t1)) / columns     its centre, in shares of the picture
 *   by = (row + sigmoid(t2)) / rows
 *   bh = anchor height x exp(t3)
 *   bw = anchor width x exp(t4)
 *   classes = softmax(t5 ...)
 * </pre>
 *
 * <p>(Redmon and Farhadi 2017, arXiv:1612.08242; 2018, arXiv:1804.02767.)
 *
 * @param anchors shapes that objects often have, each a list of its width and its height in shares
 *     of the picture's; {@code braid anchors} chooses them. Squares of 0.1, 0.25 and 0.6 if left
 *     out
 * @param ignoreAbove a slot without an object counts nothing where the IoU of its box with some
 *     object is above this; 0.5 if left out
 * @param coordinates what an object's box weighs in the loss; 1 if left out
 * @param background what a slot without an object weighs in the loss; 1 if left out
 */
public record Yolo(List<Anchor> anchors, Double ignoreAbove, Double coordinates, Double background)
    implements Loss {
  private static final List<Anchor> SQUARES =
      List.of(new Anchor(0.1, 0.1), new Anchor(0.25, 0.25), new Anchor(0.6, 0.6));

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  /** Numbers of a slot before those of the classes. */
  static final int BEFORE_CLASSES = 5;

  public Yolo {
    anchors = anchors == null ? SQUARES : List.copyOf(anchors);
    require(
        !anchors.isEmpty(), "yolo needs anchors, lists of two numbers; braid anchors chooses them");
    ignoreAbove = ignoreAbove == null ? 0.5 : ignoreAbove;
    coordinates = coordinates == null ? 1 : coordinates;
    background = background == null ? 1 : background;
    require(
        ignoreAbove >= 0 && ignoreAbove <= 1,
        "yolo.ignoreAbove must be between 0 and 1, got %s",
        ignoreAbove);
    require(
        coordinates > 0 && Double.isFinite(coordinates),
        "yolo.coordinates must be above 0, got %s",
        coordinates);
    require(
        background > 0 && Double.isFinite(background),
        "yolo.background must be above 0, got %s",
        background);
  }

  /** With anchors that are nobody's in particular. */
  public Yolo() {
    this(null, null, null, null);
  }

  /** With defaults for all but the anchors. */
  static Yolo of(List<Anchor> anchors) {
    return new Yolo(anchors, null, null, null);
  }

  @Override
  public String name() {
    return "yolo";
  }

  @Override
  public Labels labels() {
    return Labels.OBJECTS;
  }

  @Override
  public Object written() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("anchors", anchors.stream().map(Anchor::numbers).toList());
    settings.put("ignoreAbove", ignoreAbove);
    settings.put("coordinates", coordinates);
    settings.put("background", background);
    return equals(new Yolo()) ? name() : Map.of(name(), settings);
  }

  @Override
  public Loss with(Map<String, Object> settings) {
    try {
      return JSON.convertValue(settings, Settings.class).loss();
    } catch (IllegalArgumentException e) { // Jackson's own, or what a record has refused
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof WrongSettings refused) {
          throw refused;
        }
      }
      String words = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new WrongSettings("yolo: " + words, e);
    }
  }

  /** What is written in files. */
  private record Settings(
      List<Anchor> anchors, Double ignoreAbove, Double coordinates, Double background) {
    Yolo loss() {
      return new Yolo(anchors, ignoreAbove, coordinates, background);
    }
  }

  @Override
  public int unitsFor(int numClasses) {
    return numUnits(numClasses);
  }

  @Override
  public double of(LossBatch batch) {
    YoloPass pass = pass(batch);
    double weights = 0;
    for (int i = 0; i < batch.size(); i++) {
      weights += weight(batch, i);
    }
    double sum = 0;
    for (int i = 0; i < batch.size(); i++) {
      double weight = weight(batch, i);
      int from = i * pass.size();
      if (weight > 0) {
        sum +=
            weight
                * pass.loss(
                    batch.outputs(),
                    from,
                    batch.labels(),
                    i * batch.labelWidth(),
                    weight / weights,
                    batch.gradient());
      } else if (batch.gradient() != null) {
        Arrays.fill(batch.gradient(), from, from + pass.size(), 0);
      }
    }
    return weights > 0 ? sum / weights : 0;
  }

  private static double weight(LossBatch batch, int example) {
    return BoxLabel.isPresent(batch.labels(), example * batch.labelWidth())
        ? batch.exampleWeight(example)
        : 0;
  }

  private YoloPass pass(LossBatch batch) {
    int numClasses = numClasses(batch.units());
    return batch
        .kept(YoloPass.class, () -> new YoloPass(this, numClasses))
        .on(batch.steps() / batch.columns(), batch.columns());
  }

  @Override
  public boolean answers() {
    return true;
  }

  /** Makes pc, bx, by, bh, bw and the classes' probabilities of each cell and anchor. */
  @Override
  public void answer(LossBatch batch) {
    YoloPass pass = pass(batch);
    for (int i = 0; i < batch.size(); i++) {
      pass.answerInPlace(batch.outputs(), i * pass.size());
    }
  }

  /** Numbers that a network gives for each cell. */
  public int numUnits(int numClasses) {
    return anchors.size() * (BEFORE_CLASSES + numClasses);
  }

  /**
   * The number of classes that a cell of so many numbers tells apart.
   *
   * @throws IllegalArgumentException where there is no such number
   */
  public int numClasses(int units) {
    require(
        units % anchors.size() == 0 && units / anchors.size() > BEFORE_CLASSES,
        "%d anchors need %d numbers for each class and %d beside at each cell, got %d",
        anchors.size(),
        anchors.size(),
        numUnits(0),
        units);
    return units / anchors.size() - BEFORE_CLASSES;
  }
}
