package dev.braid.jobs.picture;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.driver.evaluation.MistakenExample;
import dev.braid.jobs.chart.Html;
import dev.braid.jobs.chart.InlineImage;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.model.ModelDescription;
import dev.braid.worker.task.detection.Detected;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How well the boxes of each class are found, and the pictures with most of them wrong, with the
 * boxes that are there and those that were found.
 */
public final class DetectionPicture implements Picture {
  @Override
  public String task() {
    return "detection";
  }

  @Override
  public String html(Metrics metrics, List<String> classes) {
    Detected counts = (Detected) metrics;
    StringBuilder html =
        new StringBuilder(
            "<h2>Each class</h2><div class=\"card\"><table><tr><th>class</th><th>average precision"
                + " at an IoU of 0.5</th><th>at 0.5 to 0.95</th><th class=\"number\">objects</th>"
                + "</tr>\n");
    for (int k = 0; k < counts.numClasses(); k++) {
      html.append(
          Html.format(
              "<tr><td>%s</td><td>%.3f</td><td>%.3f</td><td class=\"number\">%,d</td></tr>\n",
              Html.escape(ClassHits.name(k, classes)),
              counts.averagePrecision50(k),
              counts.averagePrecision(k),
              counts.numObjects(k)));
    }
    return html.append("</table></div>\n").toString();
  }

  @Override
  public String text(Metrics metrics, List<String> classes) {
    Detected counts = (Detected) metrics;
    StringBuilder text =
        new StringBuilder("%n%-20s %9s %9s %9s%n".formatted("class", "AP50", "AP", "objects"));
    for (int k = 0; k < counts.numClasses(); k++) {
      text.append(
          "%-20s %9.4f %9.4f %,9d%n"
              .formatted(
                  ClassHits.name(k, classes),
                  counts.averagePrecision50(k),
                  counts.averagePrecision(k),
                  counts.numObjects(k)));
    }
    return text.toString();
  }

  @Override
  public void describe(Metrics metrics, List<String> classes, ObjectNode json) {
    Detected counts = (Detected) metrics;
    ArrayNode each = json.putArray("classes");
    for (int k = 0; k < counts.numClasses(); k++) {
      ObjectNode one = each.addObject().put("name", ClassHits.name(k, classes));
      if (counts.numObjects(k) > 0) {
        one.put("ap50", counts.averagePrecision50(k)).put("ap", counts.averagePrecision(k));
      }
      one.put("objects", counts.numObjects(k));
    }
  }

  @Override
  public String mistakesTitle() {
    return "PART pictures with most boxes wrong: dashed what is there, in colour what was found";
  }

  @Override
  public Optional<String> mistakes(
      List<MistakenExample> examples, ModelDescription model, int output) {
    List<Integer> shape = model.inputs().get(0).shape().sizes();
    boolean seen =
        InlineImage.arePictures(shape)
            && examples.stream().allMatch(each -> each.inputs().get(0).length > 0);
    return seen
        ? Optional.of(
            examples.stream()
                .map(each -> new BoxedPicture(each, shape, model.labels().get(output).classes()))
                .map(BoxedPicture::html)
                .collect(
                    Collectors.joining("\n", "<div class=\"card pictures boxed\">", "</div>\n")))
        : Optional.empty();
  }
}
