package dev.braid.jobs.schedule;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.braid.jobs.inference.InferSummary;
import java.time.Instant;

/**
 * What became of one tick.
 *
 * @param job its name
 * @param tick when it was due
 * @param outcome how it went
 * @param start when its run began; null where nothing ran
 * @param end when the run had ended
 * @param attempts how often it was tried
 * @param rows scored
 * @param quarantined rows that could not be
 * @param modelSha256 of the model
 * @param message what went wrong
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record HistoryLine(
    String job,
    String tick,
    Outcome outcome,
    String start,
    String end,
    Integer attempts,
    Long rows,
    Long quarantined,
    String modelSha256,
    String message) {

  /** How a run went. */
  enum Outcome {
    /** To its end. */
    @JsonProperty("done")
    DONE("done"),
    /** With an error, after all retries. */
    @JsonProperty("failed")
    FAILED("failed"),
    /** Called off at its time limit. */
    @JsonProperty("overLimit")
    OVER_LIMIT("over its limit"),
    /** Left out: the last run was still going. */
    @JsonProperty("skipped")
    SKIPPED("skipped"),
    /** Left out: the scheduler was down. */
    @JsonProperty("missed")
    MISSED("missed"),
    /** Called off when the scheduler was asked to stop. */
    @JsonProperty("calledOff")
    CALLED_OFF("called off"),
    /** Ended after a batch when the scheduler was asked to stop; the next run does the rest. */
    @JsonProperty("handedOver")
    HANDED_OVER("handed over"),
    /** The scheduler ended while it ran. */
    @JsonProperty("lost")
    LOST("lost");

    private final String words;

    Outcome(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }

  /** Of a tick whose run never ended, or never began. */
  static HistoryLine of(String job, Instant tick, Outcome outcome, String start, String message) {
    return new HistoryLine(
        job, tick.toString(), outcome, start, null, null, null, null, null, message);
  }

  /** Of a run that ended by itself. */
  static HistoryLine of(
      String job, Instant tick, Outcome outcome, Instant start, int attempts, InferSummary done) {
    return new HistoryLine(
        job,
        tick.toString(),
        outcome,
        start.toString(),
        Instant.now().toString(),
        attempts,
        done.outcome().counts().rows(),
        done.outcome().counts().quarantined(),
        done.facts().sha256(),
        done.outcome().survey().commonestReason().orElse(null));
  }

  /** Of a run that was ended by an error. */
  static HistoryLine of(
      String job, Instant tick, Outcome outcome, Instant start, int attempts, Throwable error) {
    String message = error.getMessage() == null ? error.toString() : error.getMessage();
    return new HistoryLine(
        job,
        tick.toString(),
        outcome,
        start.toString(),
        Instant.now().toString(),
        attempts,
        null,
        null,
        null,
        message.lines().findFirst().orElse(""));
  }
}
