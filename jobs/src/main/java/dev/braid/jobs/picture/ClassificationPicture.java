package dev.braid.jobs.picture;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.jobs.chart.Html;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.task.classification.Classification;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Which classes are taken for which, and how each is found. */
public final class ClassificationPicture implements Picture {
  private static final int MAX_CLASSES = 40;
  private static final int MAX_COLUMNS = 20;

  @Override
  public String task() {
    return "classification";
  }

  @Override
  public String html(Metrics metrics, List<String> classes) {
    Classification counts = (Classification) metrics;
    return confusionTable(counts, classes) + new ClassHits(counts.hits(), classes).html();
  }

  private static String confusionTable(Classification counts, List<String> classes) {
    int size = counts.numClasses();
    StringBuilder html =
        new StringBuilder(
            "<h2>Which classes are taken for which</h2><div class=\"card confusion\">");
    if (size > MAX_CLASSES) {
      return html.append(
              "<p class=\"note\">%d classes are too many for a table.</p></div>".formatted(size))
          .toString();
    }
    html.append(
        "<table style=\"max-width:%dpx\"><tr><th class=\"from\">true \\ predicted</th>"
            .formatted(120 + 100 * size));
    IntStream.range(0, size)
        .forEach(k -> html.append("<th class=\"to\">%s</th>".formatted(escaped(k, classes))));
    html.append("</tr>\n");
    for (int actual = 0; actual < size; actual++) {
      html.append(confusionRow(counts, actual, classes));
    }
    return html.append("</table></div>\n").toString();
  }

  private static String confusionRow(Classification counts, int actual, List<String> classes) {
    int size = counts.numClasses();
    long all = LongStream.range(0, size).map(k -> counts.count(actual, (int) k)).sum();
    StringBuilder html =
        new StringBuilder("<tr><th class=\"from\">%s</th>".formatted(escaped(actual, classes)));
    for (int predicted = 0; predicted < size; predicted++) {
      long count = counts.count(actual, predicted);
      // The root makes rare confusions visible beside a full diagonal.
      double share = all == 0 ? 0 : Math.sqrt((double) count / all);
      html.append(
          Html.format(
              "<td%s style=\"background:rgba(var(--heat),%.2f)\" title=\"%s taken for %s: %d of"
                  + " %d\">%s</td>",
              share > 0.62 ? " class=\"full\"" : "",
              count == 0 ? 0.04 : 0.06 + 0.86 * share,
              escaped(actual, classes),
              escaped(predicted, classes),
              count,
              all,
              count == 0 ? "" : count));
    }
    return html.append("</tr>\n").toString();
  }

  private static String escaped(int k, List<String> classes) {
    return Html.escape(ClassHits.name(k, classes));
  }

  @Override
  public String text(Metrics metrics, List<String> classes) {
    Classification counts = (Classification) metrics;
    return new ClassHits(counts.hits(), classes).text() + confusion(counts, classes);
  }

  private static String confusion(Classification counts, List<String> classes) {
    int size = counts.numClasses();
    if (size > MAX_COLUMNS) {
      return "";
    }
    StringBuilder text = new StringBuilder("%ntrue \\ predicted    ".formatted());
    for (int k = 0; k < size; k++) {
      text.append(" %6.6s".formatted(ClassHits.name(k, classes)));
    }
    text.append(System.lineSeparator());
    for (int actual = 0; actual < size; actual++) {
      text.append("%-20s".formatted(ClassHits.name(actual, classes)));
      for (int predicted = 0; predicted < size; predicted++) {
        text.append(" %6d".formatted(counts.count(actual, predicted)));
      }
      text.append(System.lineSeparator());
    }
    return text.toString();
  }

  @Override
  public void describe(Metrics metrics, List<String> classes, ObjectNode json) {
    Classification counts = (Classification) metrics;
    new ClassHits(counts.hits(), classes).describe(json.putArray("classes"));
    ArrayNode rows = json.putArray("confusion");
    for (int actual = 0; actual < counts.numClasses(); actual++) {
      ArrayNode row = rows.addArray();
      for (int predicted = 0; predicted < counts.numClasses(); predicted++) {
        row.add(counts.count(actual, predicted));
      }
    }
  }
}
