package dev.braid.worker.task.regression;

import dev.braid.worker.loss.Loss;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.task.Decoder;
import dev.braid.worker.task.LabelCodec;
import dev.braid.worker.task.LabelFacts;
import dev.braid.worker.task.MetricOptions;
import dev.braid.worker.task.NumberCodec;
import dev.braid.worker.task.Task;
import dev.braid.worker.task.Tasks;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.List;

/**
 * Numbers; a label is these numbers.
 *
 * @param alongTime whether each step of a sequence of any length has a label of its own; by default
 *     no
 */
public record RegressionTask(Boolean alongTime) implements Task {
  /** One label for each example. */
  public RegressionTask() {
    this(null);
  }

  public RegressionTask {
    alongTime = alongTime != null && alongTime;
  }

  @Override
  public String name() {
    return "regression";
  }

  @Override
  public boolean isAlongTime() {
    return alongTime;
  }

  @Override
  public boolean isSuggestedBy(LabelFacts labels) {
    return true;
  }

  @Override
  public boolean isSuggestedBy(OutputPlan output) {
    return output.labels() == OutputPlan.Labels.NUMBERS && isOfNumbers(output);
  }

  private static boolean isOfNumbers(OutputPlan output) {
    Loss.Labels labels = output.loss().labels();
    return labels != Loss.Labels.SHARES && labels != Loss.Labels.SIGNS;
  }

  @Override
  public LabelCodec codec(List<String> classes) {
    return new NumberCodec(name());
  }

  @Override
  public Decoder decoder(OutputPlan output, List<String> classes) {
    return output.isAlongTime()
        ? new NumberDecoder(output.numUnits(), true)
        : new NumberDecoder(output.shape().size(), false);
  }

  /** Where the loss is one of classes or of yes and no, what that loss suggests. */
  @Override
  public Metrics metrics(OutputPlan output, List<String> classes, MetricOptions options) {
    return isSuggestedBy(output)
        ? new Regression(output.labelWidth())
        : Tasks.suggestedBy(output).metrics(output, classes, options);
  }

  @Override
  public Metrics readMetrics(DataInputStream in) throws IOException {
    return Regression.read(in);
  }
}
