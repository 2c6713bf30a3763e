package dev.braid.driver.inference;

import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.task.LabelCodec;
import dev.braid.worker.task.Tasks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How good the answer to a single row is, by the output's own metrics, where labels are made of the
 * inputs: how well a language model foretells each text.
 */
final class RowScores {
  private final LabelCodec codec;
  private final byte[] blank;
  private final List<String> names;

  RowScores(ModelFacts.Output output) {
    this.codec = output.labels().task().codec(output.labels().classes());
    this.blank = output.blankMetrics();
    boolean ofInputs = output.labels().task().isOfInputs();
    this.names = ofInputs ? Tasks.metrics(blank).names() : List.of();
  }

  /** The metrics' names; none where labels stand in columns of their own. */
  List<String> names() {
    return names;
  }

  /**
   * The metrics of one row, in the order of their names; null for one that has no meaning for it.
   */
  List<Double> values(float[] answer, float[][] inputs) {
    if (names.isEmpty()) {
      return List.of();
    }
    Metrics metrics = Tasks.metrics(blank);
    metrics.add(1, answer, codec.ofInputs(inputs));
    Map<String, Double> known = metrics.values();
    List<Double> values = new ArrayList<>();
    names.forEach(name -> values.add(known.get(name)));
    return values;
  }
}
