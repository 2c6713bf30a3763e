package dev.braid.jobs.metrics;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.worker.WrongSettings;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * What the folder of a training holds, for comparing it with others.
 *
 * @param name of the folder
 * @param settings its job file's, by path
 * @param history its course
 * @param scores what {@code summary.json} says that is worth a column; empty for a run that goes on
 */
public record FinishedRun(
    String name, Map<String, String> settings, History history, ObjectNode scores) {
  private static final JsonMapper JSON = new JsonMapper();

  /** The last rounds' number is not known, and all lines hold. */
  private static final int ALL_ROUNDS = Integer.MAX_VALUE;

  /** Of {@code summary.json}, beside the scores. */
  private static final List<String> COLUMNS =
      List.of("epochs", "rounds", "workers", "parameters", "examplesPerSecond", "seconds");

  /**
   * Reads the lines of a folder's files.
   *
   * @param metrics of {@code metrics.jsonl}
   * @param summary of {@code summary.json}; none while the run goes on
   * @throws IllegalArgumentException when they are not those of a training
   */
  public static FinishedRun of(
      String name, Map<String, String> settings, List<String> metrics, List<String> summary) {
    require(
        !metrics.isEmpty(),
        "%s: there is no metrics.jsonl in it; compare takes folders of braid train",
        name);
    List<ObjectNode> lines = MetricsLog.kept(metrics, ALL_ROUNDS);
    require(
        !lines.isEmpty() && lines.get(0).has("event"),
        "%s: its metrics.jsonl is not of a training; compare takes folders of braid train",
        name);
    String workers = settings.getOrDefault("training.workers", "1");
    History history = new History(Integer.parseInt(workers), metric(lines), metrics);
    history.resumed(ALL_ROUNDS, name, List.of());
    ObjectNode scores = scores(name, String.join("\n", summary));
    history.best().ifPresent(epoch -> scores.put("bestEpoch", epoch));
    return new FinishedRun(name, settings, history, scores);
  }

  /** The validation's first metric beside the loss. */
  private static String metric(List<ObjectNode> lines) {
    for (ObjectNode line : lines) {
      for (Iterator<String> names = line.path("validation").fieldNames(); names.hasNext(); ) {
        String name = names.next();
        if (!name.equals("loss")) {
          return name;
        }
      }
    }
    return "metric";
  }

  private static ObjectNode scores(String name, String summary) {
    ObjectNode scores = JsonNodeFactory.instance.objectNode();
    if (summary.isEmpty()) {
      return scores.put("scoredOn", "not ended");
    }
    try {
      JsonNode all = JSON.readTree(summary);
      scores.set("scoredOn", all.path("scoredOn"));
      // The scores are those before the first field that all summaries have.
      for (Iterator<String> names = all.fieldNames(); names.hasNext(); ) {
        String field = names.next();
        if (field.equals("scoredOn")) {
          break;
        }
        scores.set(field, all.get(field));
      }
      COLUMNS.forEach(column -> scores.set(column, all.path(column)));
      return scores;
    } catch (JsonProcessingException e) {
      throw new WrongSettings(name + ": its summary.json is damaged", e);
    }
  }
}
