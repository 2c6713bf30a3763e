package dev.braid.jobs.inference;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.driver.inference.Drift;
import dev.braid.driver.inference.InferenceRun.Outcome;
import dev.braid.driver.inference.output.Counts;
import dev.braid.worker.inference.ModelFacts;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * {@code summary.json}: what came out of a scoring.
 *
 * @param outcome what was counted
 * @param facts of the model
 * @param batchSize rows the model was asked at once
 * @param seconds from the job's start to its end
 */
public record InferSummary(Outcome outcome, ModelFacts facts, int batchSize, double seconds) {
  double rowsPerSecond() {
    return outcome.counts().rows() / seconds;
  }

  /** The metrics by name, of several outputs as output.metric; none where no row had a label. */
  Map<String, Double> metrics() {
    Map<String, Double> metrics = new LinkedHashMap<>();
    outcome
        .counts()
        .scores(facts)
        .forEach(
            (output, scores) ->
                scores
                    .values()
                    .forEach((name, value) -> metrics.put(facts.prefix(output) + name, value)));
    return metrics;
  }

  /**
   * How often each class was the prediction, as a share; of numbers, their means. Each output has
   * its own where there are several.
   */
  private void putPredictions(ObjectNode json) {
    double[] sums = outcome.counts().predictions();
    long rows = outcome.counts().rows();
    for (ModelFacts.Sums own : facts.predictionSums()) {
      ObjectNode shares = facts.outputs().size() == 1 ? json : json.putObject(own.output().name());
      for (int i = own.from(); i < own.to(); i++) {
        shares.put(own.names().get(i - own.from()), rows == 0 ? 0 : sums[i] / rows);
      }
    }
  }

  /** How far rows and predictions are from those of the training; empty where not known. */
  Optional<Drift> drift() {
    return Drift.of(facts, outcome.counts());
  }

  /** As the file holds it. */
  String json() {
    Counts counts = outcome.counts();
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("rows", counts.rows())
            .put("rowsPerSecond", rowsPerSecond())
            .put("quarantined", counts.quarantined())
            .put("seconds", seconds)
            .put("modelSha256", facts.sha256())
            .put("batchSize", batchSize)
            .put("batches", outcome.batches())
            .put("totalRows", outcome.total().rows())
            .put("totalQuarantined", outcome.total().quarantined());
    metrics().forEach(json::put);
    putPredictions(json.putObject("predictions"));
    double[] sums = counts.inputSums();
    var means = json.putArray("inputMeans");
    for (double sum : sums) {
      means.add(counts.rows() == 0 ? 0 : sum / counts.rows());
    }
    drift()
        .ifPresent(
            drift -> {
              ObjectNode node = json.putObject("drift");
              node.put("predictions", drift.predictions()).put("inputs", drift.inputs());
              drift.warnings().forEach(node.putArray("warnings")::add);
            });
    return json.toPrettyString() + "\n";
  }
}
