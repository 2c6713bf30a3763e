package dev.braid.jobs.metrics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.hadoop.fs.Syncable;

/** {@code metrics.jsonl}: lines of JSON about a run, written as they come. */
public final class MetricsFile implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  private final Supplier<OutputStream> file;
  private final List<String> earlier;
  private OutputStream out;

  /**
   * A file that is not there yet.
   *
   * @param file is opened for the first line, and closed with this
   * @param earlier lines of the run that goes on
   */
  public MetricsFile(Supplier<OutputStream> file, List<String> earlier) {
    this.file = file;
    this.earlier = List.copyOf(earlier);
  }

  /** Writes the earlier lines again, up to the first that holds no longer. */
  public void keep(Predicate<ObjectNode> holds) {
    first(earlier, holds).forEach(this::write);
  }

  /** Lines up to the first that does not hold, or is torn. */
  static List<ObjectNode> first(List<String> lines, Predicate<ObjectNode> holds) {
    List<ObjectNode> first = new ArrayList<>();
    for (String text : lines) {
      try {
        ObjectNode line = (ObjectNode) JSON.readTree(text);
        if (!holds.test(line)) {
          break;
        }
        first.add(line);
      } catch (JsonProcessingException | ClassCastException e) {
        break;
      }
    }
    return first;
  }

  /** Appends a line. */
  public void write(ObjectNode line) {
    attempt(
        () -> {
          out = out == null ? file.get() : out;
          out.write(JSON.writeValueAsBytes(line));
          out.write('\n');
        });
  }

  /** Lets others see the lines so far. */
  public void flush() {
    attempt(
        () -> {
          if (out instanceof Syncable hadoops) {
            hadoops.hflush();
          }
          out.flush();
        });
  }

  @Override
  public void close() {
    if (out != null) {
      attempt(out::close);
    }
  }

  private interface Writing {
    void now() throws IOException;
  }

  private static void attempt(Writing writing) {
    try {
      writing.now();
    } catch (IOException e) {
      throw new UncheckedIOException("metrics.jsonl cannot be written", e);
    }
  }
}
