package dev.braid.jobs.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.driver.training.EpochReport;
import dev.braid.driver.training.RoundReport;
import dev.braid.driver.training.TrainingListener;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.hadoop.fs.Syncable;

/**
 * {@code metrics.jsonl}: one line of JSON per round, epoch and warning, written as they come.
 * Epochs and rounds count from 1, as a person reads them.
 */
public final class MetricsLog implements TrainingListener, AutoCloseable {
  private static final long FLUSH_NANOS = 1_000_000_000;
  private static final JsonMapper JSON = new JsonMapper();

  private final Supplier<OutputStream> file;
  private final List<String> earlier;
  private OutputStream out;
  private long flushed = System.nanoTime();

  /**
   * @param file is opened for the first line, and closed with this log
   * @param earlier lines of the run that goes on; those that still hold are written first
   */
  public MetricsLog(Supplier<OutputStream> file, List<String> earlier) {
    this.file = file;
    this.earlier = List.copyOf(earlier);
  }

  @Override
  public void resumed(int rounds, String from, List<String> damaged) {
    for (ObjectNode line : kept(earlier, rounds)) {
      write(line);
    }
    flushed = 0; // the lines are there again as soon as the next one is
  }

  /** The lines about the first {@code rounds} rounds; a torn last line is left out. */
  static List<ObjectNode> kept(List<String> lines, int rounds) {
    List<ObjectNode> kept = new ArrayList<>();
    for (String text : lines) {
      try {
        ObjectNode line = (ObjectNode) JSON.readTree(text);
        if (rounds == 0 || line.path("round").asInt() > rounds) {
          break;
        }
        kept.add(line);
      } catch (JsonProcessingException | ClassCastException e) {
        break;
      }
    }
    return kept;
  }

  @Override
  public void round(RoundReport report) {
    ObjectNode line = JSON.createObjectNode().put("event", "round");
    line.setAll((ObjectNode) JSON.valueToTree(report));
    if (report.localStepsReason().isEmpty()) {
      line.remove("localStepsReason");
    }
    write(line.put("epoch", report.epoch() + 1).put("round", report.round() + 1));
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
    try {
      if (out == null) {
        out = file.get();
      }
      out.write(JSON.writeValueAsBytes(line));
      out.write('\n');
      if (System.nanoTime() - flushed > FLUSH_NANOS) {
        flush();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("metrics.jsonl cannot be written", e);
    }
  }

  private void flush() throws IOException {
    if (out instanceof Syncable file) {
      file.hflush();
    }
    out.flush();
    flushed = System.nanoTime();
  }

  @Override
  public void close() {
    try {
      if (out != null) {
        out.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("metrics.jsonl cannot be written", e);
    }
  }
}
