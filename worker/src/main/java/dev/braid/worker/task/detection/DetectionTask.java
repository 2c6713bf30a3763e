package dev.braid.worker.task.detection;

import static dev.braid.worker.Check.require;

import dev.braid.worker.metric.Metrics;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.network.Target;
import dev.braid.worker.task.ClassCodec;
import dev.braid.worker.task.Decoder;
import dev.braid.worker.task.LabelCodec;
import dev.braid.worker.task.MetricOptions;
import dev.braid.worker.task.Task;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.List;

/**
 * Boxes around the objects in a picture; a label is all of its objects, of which there may be none.
 *
 * @param minScore boxes that are less sure are not answered; 0.5 if left out. Metrics count less
 *     sure ones too, as average precision is over all recalls
 * @param maxOverlap a box whose IoU with a surer one of its class is above it is left out; 0.5 if
 *     left out
 * @param most boxes of a picture at most; 100 if left out
 */
public record DetectionTask(Double minScore, Double maxOverlap, Integer most) implements Task {
  static final String NAME = "detection";

  /** Below it boxes are not even counted. */
  private static final double HARDLY_SURE = 0.01;

  /** With defaults. */
  public DetectionTask() {
    this(null, null, null);
  }

  public DetectionTask {
    minScore = minScore == null ? 0.5 : minScore;
    maxOverlap = maxOverlap == null ? 0.5 : maxOverlap;
    most = most == null ? 100 : most;
    var unused = new Boxes(minScore, maxOverlap, most); // refuses what makes no sense
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean hasClasses() {
    return true;
  }

  @Override
  public boolean isOfBoxes() {
    return true;
  }

  @Override
  public boolean namesUnits() {
    return false;
  }

  @Override
  public boolean isSuggestedBy(OutputPlan output) {
    return output.loss().isOfObjects();
  }

  @Override
  public LabelCodec codec(List<String> classes) {
    return new BoxCodec(new ClassCodec(classes));
  }

  @Override
  public Target target(int width, int numClasses) {
    return new Target(width, numClasses);
  }

  @Override
  public void requireFits(OutputPlan output) {
    require(
        output.loss().isOfObjects(),
        "output '%s': detection takes the loss yolo, or localisation for one object at most",
        output.name());
    require(
        !output.isAlongTime() && output.shape().rank() <= 3 && output.shape().rank() != 2,
        "output '%s' gives %s, but detection needs a grid [units, height, width], or one answer for"
            + " the picture",
        output.name(),
        output.shape());
  }

  @Override
  public Decoder decoder(OutputPlan output, List<String> classes) {
    Boxes answered = new Boxes(minScore, maxOverlap, most);
    return new BoxDecoder(answered, classes, output.numPositions());
  }

  @Override
  public Metrics metrics(OutputPlan output, List<String> classes, MetricOptions options) {
    Boxes counted = new Boxes(Math.min(HARDLY_SURE, minScore), maxOverlap, most);
    return new Detected(classes.size(), output.numPositions(), counted, minScore);
  }

  @Override
  public Metrics readMetrics(DataInputStream in) throws IOException {
    return Detected.read(in);
  }
}
