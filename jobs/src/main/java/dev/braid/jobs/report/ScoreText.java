package dev.braid.jobs.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.driver.evaluation.Evaluation;
import dev.braid.worker.metric.Hits;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.model.ModelDescription;
import dev.braid.worker.task.classification.Classification;
import dev.braid.worker.task.multilabel.MultiLabel;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * How a model does, for a terminal and as JSON.
 *
 * @param scores what was counted
 * @param labels per output, what it predicts
 */
public record ScoreText(Evaluation scores, List<ModelDescription.Labels> labels) {
  private static final int MAX_COLUMNS = 20;

  /** Scores, classes and confusion matrix as lines of text. */
  public String table() {
    StringBuilder text = new StringBuilder("%,d examples%n".formatted(scores.examples()));
    scores.values().forEach((name, value) -> text.append("%-24s %.4f%n".formatted(name, value)));
    Iterator<ModelDescription.Labels> names = labels.iterator();
    for (Map.Entry<String, Metrics> output : scores.outputs().entrySet()) {
      Metrics metrics = output.getValue();
      List<String> classes = names.next().classes();
      text.append(scores.outputs().size() > 1 ? "%noutput %s".formatted(output.getKey()) : "");
      if (metrics instanceof Classification counts) {
        text.append(hits(counts.hits(), classes)).append(confusion(counts, classes));
      } else if (metrics instanceof MultiLabel counts) {
        text.append(hits(counts.hits(), classes));
      }
    }
    return text.toString();
  }

  /** The same for programs. */
  public String json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("examples", scores.examples());
    scores.values().forEach(json::put);
    ObjectNode outputs = json.putObject("outputs");
    Iterator<ModelDescription.Labels> names = labels.iterator();
    scores
        .outputs()
        .forEach(
            (output, metrics) ->
                describe(outputs.putObject(output), metrics, names.next().classes()));
    return json.toPrettyString() + "\n";
  }

  private static void describe(ObjectNode json, Metrics metrics, List<String> classes) {
    if (metrics instanceof Classification counts) {
      describe(json.putArray("classes"), counts.hits(), classes);
      ArrayNode rows = json.putArray("confusion");
      for (int actual = 0; actual < counts.numClasses(); actual++) {
        ArrayNode row = rows.addArray();
        for (int predicted = 0; predicted < counts.numClasses(); predicted++) {
          row.add(counts.count(actual, predicted));
        }
      }
    } else if (metrics instanceof MultiLabel counts) {
      describe(json.putArray("classes"), counts.hits(), classes);
    }
  }

  private static void describe(ArrayNode json, List<Hits> hits, List<String> classes) {
    for (int k = 0; k < hits.size(); k++) {
      Hits each = hits.get(k);
      json.addObject()
          .put("name", name(k, classes))
          .put("precision", each.precision())
          .put("recall", each.recall())
          .put("f1", each.f1())
          .put("examples", each.support());
    }
  }

  private static String hits(List<Hits> hits, List<String> classes) {
    StringBuilder text =
        new StringBuilder(
            "%n%-20s %9s %9s %9s %9s%n"
                .formatted("class", "precision", "recall", "F1", "examples"));
    for (int k = 0; k < hits.size(); k++) {
      Hits each = hits.get(k);
      text.append(
          "%-20s %9.4f %9.4f %9.4f %,9d%n"
              .formatted(
                  name(k, classes), each.precision(), each.recall(), each.f1(), each.support()));
    }
    return text.toString();
  }

  private static String confusion(Classification counts, List<String> classes) {
    int size = counts.numClasses();
    if (size > MAX_COLUMNS) {
      return "";
    }
    StringBuilder text = new StringBuilder("%ntrue \\ predicted    ".formatted());
    for (int k = 0; k < size; k++) {
      text.append(" %6.6s".formatted(name(k, classes)));
    }
    text.append(System.lineSeparator());
    for (int actual = 0; actual < size; actual++) {
      text.append("%-20s".formatted(name(actual, classes)));
      for (int predicted = 0; predicted < size; predicted++) {
        text.append(" %6d".formatted(counts.count(actual, predicted)));
      }
      text.append(System.lineSeparator());
    }
    return text.toString();
  }

  private static String name(int k, List<String> classes) {
    return k < classes.size() ? classes.get(k) : String.valueOf(k);
  }
}
