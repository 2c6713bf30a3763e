package dev.braid.driver.dl4j;

import static dev.braid.worker.Check.require;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;
import org.deeplearning4j.spark.api.stats.SparkTrainingStats;
import org.deeplearning4j.spark.stats.BaseEventStats;
import org.deeplearning4j.spark.stats.EventStats;

/** Where the time of an {@link AveragingMaster}'s trainings went, as dl4j-spark reports it. */
public final class AveragingStats implements SparkTrainingStats {
  private static final long serialVersionUID = 1;
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** What is measured. */
  enum Phase {
    /** Dealing the user's mini-batches to the workers. */
    DEAL("DealTimesMs", "Deal"),
    /** Whole rounds. */
    ROUND("RoundTimesMs", "Round"),
    /** The workers' steps, one entry per worker and round. */
    COMPUTE("WorkerComputeTimesMs", "Compute"),
    /** The workers' taking over and giving back of states, one entry per worker and round. */
    EXCHANGE("WorkerExchangeTimesMs", "Exchange"),
    /** Averaging on the driver. */
    AVERAGE("AverageTimesMs", "Average");

    private final String key;
    private final String shortName;

    Phase(String key, String shortName) {
      this.key = key;
      this.shortName = shortName;
    }

    private static Phase of(String key) {
      for (Phase phase : values()) {
        if (phase.key.equals(key)) {
          return phase;
        }
      }
      throw new IllegalArgumentException("no statistics are kept of '" + key + "'");
    }
  }

  private final LinkedHashMap<String, ArrayList<EventStats>> events = new LinkedHashMap<>();

  AveragingStats() {
    for (Phase phase : Phase.values()) {
      events.put(phase.key, new ArrayList<>());
    }
  }

  /** Takes note of an event that ends now. */
  void add(Phase phase, long nanos) {
    long millis = nanos / NANOS_PER_MILLI;
    events.get(phase.key).add(new BaseEventStats(System.currentTimeMillis() - millis, millis));
  }

  @Override
  public Set<String> getKeySet() {
    return events.keySet();
  }

  @Override
  public List<EventStats> getValue(String key) {
    Phase phase = Phase.of(key);
    return List.copyOf(events.get(phase.key));
  }

  @Override
  public String getShortNameForKey(String key) {
    return Phase.of(key).shortName;
  }

  @Override
  public boolean defaultIncludeInPlots(String key) {
    return Phase.of(key) != Phase.ROUND;
  }

  @Override
  public void addOtherTrainingStats(SparkTrainingStats other) {
    require(other instanceof AveragingStats, "statistics of another kind: %s", other.getClass());
    ((AveragingStats) other).events.forEach((key, values) -> events.get(key).addAll(values));
  }

  /** The workers' times are among these; there are no others. */
  @Override
  public SparkTrainingStats getNestedTrainingStats() {
    return null;
  }

  @Override
  public String statsAsString() {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, ArrayList<EventStats>> entry : events.entrySet()) {
      text.append(String.format(DEFAULT_PRINT_FORMAT, entry.getKey()))
          .append(
              entry.getValue().stream()
                  .map(event -> Long.toString(event.getDurationMs()))
                  .collect(Collectors.joining(",")))
          .append('\n');
    }
    return text.toString();
  }

  /** One file for each phase, a line for each event: machine, JVM, thread, start, duration. */
  @Override
  public void exportStatFiles(String outputPath, SparkContext sc) throws IOException {
    FileSystem files = FileSystem.get(URI.create(outputPath), sc.hadoopConfiguration());
    for (Map.Entry<String, ArrayList<EventStats>> entry : events.entrySet()) {
      try (OutputStream out = files.create(new Path(outputPath, entry.getKey() + ".txt"))) {
        for (EventStats event : entry.getValue()) {
          out.write((event.asString(",") + "\n").getBytes(StandardCharsets.UTF_8));
        }
      }
    }
  }
}
