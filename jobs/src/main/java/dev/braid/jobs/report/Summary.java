package dev.braid.jobs.report;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.jobs.metrics.RoundSeconds;
import java.util.Map;

/**
 * {@code summary.json}: what came out of a run. The parts of its parts are keys of the one object.
 *
 * @param scores loss and metrics of the final model, by name
 * @param scoredOn the examples they were counted on: test, validation or training
 * @param parts the same scores of each part, a sample of the training part among them, by the names
 *     train, trainDev, dev and test; left out where there is no part but train
 * @param done how much was trained
 * @param size of what was trained
 * @param time that it took
 * @param brokenRows by source how many rows could not be used; left out where all could
 * @param stopping of early stopping; null without it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Summary(
    @JsonIgnore Map<String, Double> scores,
    String scoredOn,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Map<String, Double>> parts,
    @JsonUnwrapped Done done,
    @JsonUnwrapped Size size,
    @JsonUnwrapped Time time,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Long> brokenRows,
    @JsonUnwrapped Stopping stopping) {
  private static final JsonMapper JSON = new JsonMapper();

  /**
   * How much was trained.
   *
   * @param epochs passes over the training examples
   * @param rounds send-train-average
   * @param steps optimizer steps by all workers together
   * @param examples trained on, each counted as often as it was seen
   * @param examplesPerSecond of {@code trainingSeconds}
   */
  record Done(int epochs, int rounds, long steps, long examples, double examplesPerSecond) {}

  /**
   * What was trained.
   *
   * @param parameters numbers that were trained
   * @param workers logical ones
   * @param modelSha256 over the bytes of parameters and running statistics
   * @param movingAverage what the parameters are an average of; null where they are of one round
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Size(long parameters, int workers, String modelSha256, String movingAverage) {}

  /**
   * How long it took.
   *
   * @param computeSeconds in local passes, of {@code trainingSeconds}
   * @param exchangeSeconds sending and averaging states
   * @param schedulingSeconds Spark's own work, and waiting
   * @param trainingSeconds from the first round to the last, validation included
   * @param seconds from the job's start to its end
   */
  record Time(
      double computeSeconds,
      double exchangeSeconds,
      double schedulingSeconds,
      double trainingSeconds,
      double seconds) {
    static Time of(RoundSeconds rounds, double trainingSeconds, double seconds) {
      return new Time(
          rounds.compute(), rounds.exchange(), rounds.scheduling(), trainingSeconds, seconds);
    }
  }

  /**
   * What early stopping did.
   *
   * @param bestEpoch the epoch that the model is of
   * @param stoppedEarly whether it ended the run before the last epoch
   */
  record Stopping(int bestEpoch, boolean stoppedEarly) {}

  /** As the file holds it: the scores first, each under its own name. */
  public String json() {
    ObjectNode json = JSON.createObjectNode();
    scores.forEach(json::put);
    json.setAll((ObjectNode) JSON.valueToTree(this));
    return json.toPrettyString() + "\n";
  }
}
