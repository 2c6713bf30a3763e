package dev.braid.worker.task.classification;

import static dev.braid.worker.Check.require;

import dev.braid.worker.loss.Loss;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.task.ClassCodec;
import dev.braid.worker.task.ClassNames;
import dev.braid.worker.task.Decoder;
import dev.braid.worker.task.LabelCodec;
import dev.braid.worker.task.LabelFacts;
import dev.braid.worker.task.MetricOptions;
import dev.braid.worker.task.Task;
import dev.braid.worker.task.Tasks;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.Collection;
import java.util.List;

/**
 * One class of several; a label is the class's index.
 *
 * @param alongTime whether each step of a sequence of any length has a label of its own; by default
 *     no
 */
public record ClassificationTask(Boolean alongTime) implements Task {
  /** Whole numbers with more values than this, a tenth of them different, may be no classes. */
  private static final int MANY_CLASSES = 100;

  /** One label for each example. */
  public ClassificationTask() {
    this(null);
  }

  public ClassificationTask {
    alongTime = alongTime != null && alongTime;
  }

  @Override
  public String name() {
    return "classification";
  }

  @Override
  public boolean isAlongTime() {
    return alongTime;
  }

  @Override
  public boolean hasClasses() {
    return true;
  }

  @Override
  public boolean isSuggestedBy(LabelFacts labels) {
    if (labels.indices()) {
      return true;
    }
    if (labels.width() > 1 || (labels.allNumbers() && !labels.allWhole())) {
      return false;
    }
    require(
        !labels.allNumbers()
            || labels.distinct() <= MANY_CLASSES
            || labels.distinct() < labels.count() / 10,
        "the labels are %d different whole numbers; are they classes or numbers to predict? set"
            + " data.task to classification or regression",
        labels.distinct());
    return true;
  }

  @Override
  public boolean isSuggestedBy(OutputPlan output) {
    return output.labels() != OutputPlan.Labels.NUMBERS || isOfTwo(output);
  }

  /** Whether an output tells two classes apart by one number. */
  private static boolean isOfTwo(OutputPlan output) {
    return output.numUnits() == 1 && isYesOrNo(output);
  }

  private static boolean isYesOrNo(OutputPlan output) {
    Loss.Labels labels = output.loss().labels();
    return labels == Loss.Labels.SHARES || labels == Loss.Labels.SIGNS;
  }

  @Override
  public List<String> classes(int width, Collection<String> names) {
    return width == 1 ? ClassNames.sorted(names) : ClassNames.byId(names);
  }

  @Override
  public List<String> classes(OutputPlan output) {
    return ClassNames.numbered(Math.max(2, output.numUnits()));
  }

  @Override
  public LabelCodec codec(List<String> classes) {
    return new ClassCodec(classes);
  }

  @Override
  public Decoder decoder(OutputPlan output, List<String> classes) {
    return new ClassDecoder(
        output.numUnits(),
        isOfImage(output) ? output.numPositions() : 1,
        threshold(output),
        output.isAlongPositions(),
        classes);
  }

  private static boolean isOfImage(OutputPlan output) {
    return output.shape().channelAxis() == 0 && output.shape().rank() > 1;
  }

  private static float threshold(OutputPlan output) {
    return output.loss().labels() == Loss.Labels.SIGNS ? 0 : 0.5f;
  }

  @Override
  public Metrics metrics(OutputPlan output, List<String> classes, MetricOptions options) {
    if (output.labels() != OutputPlan.Labels.NUMBERS) {
      return Classification.ofLargest(
          output.numUnits(),
          isOfImage(output) ? output.numPositions() : 1,
          options.topK().stream().mapToInt(k -> k).filter(k -> k < output.numUnits()).toArray());
    }
    return isOfTwo(output)
        ? Classification.ofTwo(threshold(output))
        : Tasks.suggestedBy(output).metrics(output, classes, options);
  }

  @Override
  public Metrics readMetrics(DataInputStream in) throws IOException {
    return Classification.read(in);
  }
}
