package dev.braid.worker.task.multilabel;

import dev.braid.worker.WrongSettings;
import dev.braid.worker.loss.Loss;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.task.Decoder;
import dev.braid.worker.task.LabelCodec;
import dev.braid.worker.task.MetricOptions;
import dev.braid.worker.task.NumberCodec;
import dev.braid.worker.task.Task;
import dev.braid.worker.task.Tasks;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.List;

/**
 * Any of several properties; a label is 0 or 1 for each.
 *
 * @param alongTime whether each step of a sequence of any length has a label of its own; by default
 *     no
 */
public record MultiLabelTask(Boolean alongTime) implements Task {
  /** One label for each example. */
  public MultiLabelTask() {
    this(null);
  }

  public MultiLabelTask {
    alongTime = alongTime != null && alongTime;
  }

  @Override
  public String name() {
    return "multiLabel";
  }

  @Override
  public boolean isAlongTime() {
    return alongTime;
  }

  @Override
  public boolean namesUnits() {
    return true;
  }

  @Override
  public boolean isSuggestedBy(OutputPlan output) {
    Loss.Labels labels = output.loss().labels();
    return output.labels() == OutputPlan.Labels.NUMBERS
        && (labels == Loss.Labels.SHARES || labels == Loss.Labels.SIGNS)
        && output.numUnits() > 1;
  }

  @Override
  public LabelCodec codec(List<String> classes) {
    return new YesOrNo(new NumberCodec(name()));
  }

  /** Numbers that are 0 or 1. */
  private record YesOrNo(NumberCodec numbers) implements LabelCodec {
    @Override
    public float number(String label) {
      float number = numbers.number(label);
      if (number != 0 && number != 1) {
        throw new WrongSettings(
            "label '%s' is neither 0 nor 1, as data.task multiLabel asks for".formatted(label));
      }
      return number;
    }

    @Override
    public String text(float number) {
      return number == 1 ? "1" : "0";
    }
  }

  @Override
  public Decoder decoder(OutputPlan output, List<String> classes) {
    boolean image = output.shape().channelAxis() == 0 && output.shape().rank() > 1;
    return new PropertyDecoder(
        output.numUnits(),
        image ? output.numPositions() : 1,
        threshold(output),
        output.isAlongPositions(),
        classes);
  }

  private static float threshold(OutputPlan output) {
    return output.loss().labels() == Loss.Labels.SIGNS ? 0 : 0.5f;
  }

  /** Where the loss is not one of yes and no, what that loss suggests. */
  @Override
  public Metrics metrics(OutputPlan output, List<String> classes, MetricOptions options) {
    return isSuggestedBy(output)
        ? new MultiLabel(output.labelWidth(), threshold(output))
        : Tasks.suggestedBy(output).metrics(output, classes, options);
  }

  @Override
  public Metrics readMetrics(DataInputStream in) throws IOException {
    return MultiLabel.read(in);
  }
}
