package dev.braid.jobs.schedule;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.jobs.inference.InferSummary;
import java.time.Instant;

/**
 * What became of one tick. The parts of its parts are keys of the line's one object.
 *
 * @param job its name
 * @param tick when it was due
 * @param outcome how it went
 * @param run what ran; null where nothing did
 * @param scored what it has scored; null where it did not come to its end
 * @param message what went wrong
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record HistoryLine(
    String job,
    String tick,
    Outcome outcome,
    @JsonUnwrapped Run run,
    @JsonUnwrapped Scored scored,
    String message) {
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  /**
   * A run, to its end or not.
   *
   * @param start when it began
   * @param end when it had ended; null where it never did
   * @param attempts how often it was tried; null where it never ended
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Run(String start, String end, Integer attempts) {
    static Run begun(Instant start) {
      return new Run(start.toString(), null, null);
    }

    static Run endedNow(Instant start, int attempts) {
      return new Run(start.toString(), Instant.now().toString(), attempts);
    }
  }

  /**
   * What a run has scored.
   *
   * @param rows scored
   * @param quarantined rows that could not be
   * @param modelSha256 of the model
   */
  record Scored(long rows, long quarantined, String modelSha256) {}

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

  /** A line as a file holds it: Jackson writes the parts of a record so, but does not read them. */
  static HistoryLine of(String text) throws JsonProcessingException {
    ObjectNode line = JSON.readValue(text, ObjectNode.class);
    return new HistoryLine(
        line.path("job").asText(),
        line.path("tick").asText(),
        line.has("outcome") ? JSON.treeToValue(line.get("outcome"), Outcome.class) : null,
        line.has("start") ? JSON.treeToValue(line, Run.class) : null,
        line.has("rows") ? JSON.treeToValue(line, Scored.class) : null,
        line.path("message").asText(null));
  }

  /** A tick for which nothing ran. */
  static HistoryLine leftOut(String job, Instant tick, Outcome outcome, String why) {
    return new HistoryLine(job, tick.toString(), outcome, null, null, why);
  }

  /** A run that begins. */
  static HistoryLine begun(String job, Instant tick) {
    return new HistoryLine(job, tick.toString(), null, Run.begun(Instant.now()), null, null);
  }

  /** This run, which has never ended. */
  HistoryLine lost(String why) {
    return new HistoryLine(job, tick, Outcome.LOST, run, null, why);
  }

  /** A run that ended by itself. */
  static HistoryLine ended(String job, Instant tick, Run run, InferSummary done) {
    return new HistoryLine(
        job,
        tick.toString(),
        done.outcome().handedOver() ? Outcome.HANDED_OVER : Outcome.DONE,
        run,
        new Scored(
            done.outcome().counts().rows(),
            done.outcome().counts().quarantined(),
            done.facts().sha256()),
        done.outcome().survey().commonestReason().orElse(null));
  }

  /** A run that was ended by an error. */
  static HistoryLine broken(String job, Instant tick, Outcome outcome, Run run, Throwable error) {
    String message = error.getMessage() == null ? error.toString() : error.getMessage();
    String first = message.lines().findFirst().orElse("");
    return new HistoryLine(job, tick.toString(), outcome, run, null, first);
  }
}
