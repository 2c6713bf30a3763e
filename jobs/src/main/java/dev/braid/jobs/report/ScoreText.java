package dev.braid.jobs.report;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.driver.evaluation.Evaluation;
import dev.braid.jobs.picture.Picture;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.model.ModelDescription;
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
  /** Scores, classes and confusion matrix as lines of text. */
  public String table() {
    StringBuilder text = new StringBuilder("%,d examples%n".formatted(scores.examples()));
    scores.values().forEach((name, value) -> text.append("%-24s %.4f%n".formatted(name, value)));
    Iterator<ModelDescription.Labels> names = labels.iterator();
    for (Map.Entry<String, Metrics> output : scores.outputs().entrySet()) {
      Metrics metrics = output.getValue();
      List<String> classes = names.next().classes();
      text.append(scores.outputs().size() > 1 ? "%noutput %s".formatted(output.getKey()) : "");
      text.append(Picture.of(metrics.kind()).text(metrics, classes));
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
                Picture.of(metrics.kind())
                    .describe(metrics, names.next().classes(), outputs.putObject(output)));
    return json.toPrettyString() + "\n";
  }
}
