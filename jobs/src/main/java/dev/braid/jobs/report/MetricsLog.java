package dev.braid.jobs.report;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.driver.training.EpochReport;
import dev.braid.driver.training.RoundReport;
import dev.braid.driver.training.TrainingListener;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.apache.hadoop.fs.Syncable;

/**
 * {@code metrics.jsonl}: one line of JSON per round and per epoch, written as they end. Epochs and
 * rounds count from 1, as a person reads them.
 */
public final class MetricsLog implements TrainingListener, AutoCloseable {
  private static final long FLUSH_NANOS = 1_000_000_000;
  private static final JsonMapper JSON = new JsonMapper();

  private final OutputStream out;
  private long flushed = System.nanoTime();

  /**
   * @param out closed with this log
   */
  public MetricsLog(OutputStream out) {
    this.out = out;
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
    report.validation().ifPresent(scores -> line.putPOJO("validation", scores.values()));
    write(line.put("best", report.best()).put("seconds", report.seconds()));
  }

  private void write(ObjectNode line) {
    try {
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
      out.close();
    } catch (IOException e) {
      throw new UncheckedIOException("metrics.jsonl cannot be written", e);
    }
  }
}
