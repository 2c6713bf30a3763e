package dev.braid.driver.evaluation;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonFormat;
import dev.braid.driver.source.example.Labels;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.task.MetricOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is counted beside the metrics that every model has: section {@code metrics} of a job file.
 *
 * @param topK for each k the share of the labels that are among the k most probable classes, {@code
 *     top5Accuracy}; none by default
 */
public record MetricSettings(
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<Integer> topK) {
  /** Nothing beside. */
  public static final MetricSettings DEFAULT = new MetricSettings(null);

  public MetricSettings {
    topK = topK == null ? List.of() : topK.stream().sorted().distinct().toList();
    topK.forEach(k -> require(k > 1, "metrics.topK must be at least 2, got %d", k));
  }

  /**
   * Per output of the network, by name, metrics that have counted nothing yet.
   *
   * @param labels per output what it predicts
   */
  public Map<String, Metrics> blank(Blueprint plan, List<Labels> labels) {
    Map<String, Metrics> blank = new LinkedHashMap<>();
    for (int i = 0; i < plan.outputs().size(); i++) {
      OutputPlan output = plan.outputs().get(i);
      Labels own = labels.get(i);
      MetricOptions options = new MetricOptions(topK);
      blank.put(output.name(), own.task().metrics(output, own.classes(), options));
    }
    return blank;
  }

  /**
   * Does nothing when each k says something of some output.
   *
   * @throws IllegalArgumentException naming the one that does not
   */
  public void requireFits(Blueprint plan) {
    int most =
        plan.outputs().stream()
            .filter(output -> output.labels() != OutputPlan.Labels.NUMBERS)
            .mapToInt(OutputPlan::numUnits)
            .max()
            .orElse(0);
    for (int k : topK) {
      require(
          k < most,
          "metrics.topK: of %d classes the right one is always among %d; set it lower, or leave it"
              + " out",
          most,
          k);
    }
  }
}
