package dev.braid.driver.evaluation;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonFormat;
import dev.braid.driver.data.Shards;
import dev.braid.driver.source.example.Labels;
import dev.braid.driver.source.example.SourceFacts;
import dev.braid.worker.data.LabelWeights;
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
 * @param weighted whether labels count in scores by the weights of {@code data.weight}, as with
 *     scikit-learn's sample_weight; false by default
 */
public record MetricSettings(
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<Integer> topK,
    Boolean weighted) {
  /** Nothing beside. */
  public static final MetricSettings DEFAULT = new MetricSettings(null, null);

  public MetricSettings {
    weighted = weighted != null && weighted;
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
      Metrics metrics = own.task().metrics(output, own.classes(), options);
      if (weighted) {
        metrics.addWeighted(0, new float[0], new float[0], new long[0]); // refused by some
      }
      blank.put(output.name(), metrics);
    }
    return blank;
  }

  /**
   * Does nothing when examples have weights, where these are to count.
   *
   * @param setting where they stand in the job file
   * @throws IllegalArgumentException naming it
   */
  public void requireWeights(SourceFacts facts, String setting) {
    require(
        !weighted || facts.weight().isPresent(),
        "metrics.weighted: the examples of %s have no weights; name their column by data.weight",
        setting);
  }

  /** What examples weigh, in a training and in scores. */
  public LabelWeights weights(SourceFacts facts, Shards shards) {
    if (facts.weight().isEmpty()) {
      return LabelWeights.NONE;
    }
    double mean = shards.meanOfLabel(facts.outputs().size());
    require(mean > 0, "data.weight: all weights in column '%s' are 0", facts.weight().get());
    return LabelWeights.NONE.with(new LabelWeights.Examples(mean, weighted));
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
            .filter(output -> output.labels() != OutputPlan.Labels.OBJECTS)
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
