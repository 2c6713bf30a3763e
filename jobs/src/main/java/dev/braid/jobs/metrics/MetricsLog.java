package dev.braid.jobs.metrics;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.driver.training.EpochReport;
import dev.braid.driver.training.RoundReport;
import dev.braid.driver.training.TrainingListener;
import java.util.List;

/**
 * {@code metrics.jsonl}: one line of JSON per round, epoch and warning, written as they come.
 * Epochs and rounds count from 1, as a person reads them.
 */
public final class MetricsLog implements TrainingListener, AutoCloseable {
  private static final long FLUSH_NANOS = 1_000_000_000;
  private static final JsonMapper JSON = new JsonMapper();

  private final MetricsFile file;
  private long flushed = System.nanoTime();

  /**
   * A log that goes to a file.
   *
   * @param file is closed with this log
   */
  public MetricsLog(MetricsFile file) {
    this.file = file;
  }

  @Override
  public void resumed(int rounds, String from, List<String> damaged) {
    file.keep(line -> isOf(line, rounds));
    flushed = 0; // the lines are there again as soon as the next one is
  }

  /** The lines about the first {@code rounds} rounds; a torn last line is left out. */
  static List<ObjectNode> kept(List<String> lines, int rounds) {
    return MetricsFile.first(lines, line -> isOf(line, rounds));
  }

  private static boolean isOf(ObjectNode line, int rounds) {
    return rounds > 0 && line.path("round").asInt() <= rounds;
  }

  @Override
  public void round(RoundReport report) {
    ObjectNode line = JSON.createObjectNode().put("event", "round");
    line.setAll((ObjectNode) JSON.valueToTree(report));
    if (report.localStepsReason().isEmpty()) {
      line.remove("localStepsReason");
    }
    write(line.put("epoch", report.at().epoch() + 1).put("round", report.at().round() + 1));
  }

  @Override
  public void epoch(EpochReport report) {
    ObjectNode line =
        JSON.createObjectNode()
            .put("event", "epoch")
            .put("epoch", report.epoch() + 1)
            .put("steps", report.steps())
            .put("loss", report.loss());
    report.training().ifPresent(scores -> line.putPOJO("training", scores.values()));
    report.validation().ifPresent(scores -> line.putPOJO("validation", scores.values()));
    write(line.put("best", report.best()).put("seconds", report.seconds()));
  }

  @Override
  public void warned(int rounds, String sentence) {
    write(
        JSON.createObjectNode()
            .put("event", "warning")
            .put("round", rounds)
            .put("message", sentence));
  }

  private void write(ObjectNode line) {
    file.write(line);
    if (System.nanoTime() - flushed > FLUSH_NANOS) {
      file.flush();
      flushed = System.nanoTime();
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
