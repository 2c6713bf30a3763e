package dev.braid.jobs.picture;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.braid.jobs.chart.Html;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Which classes are taken for which.
 *
 * @param size number of classes
 * @param counts how many of one class were taken for another
 * @param classes their names, by index; may be shorter than there are
 */
record ConfusionTable(int size, Counts counts, List<String> classes) {
  private static final int MAX_CLASSES = 40;
  private static final int MAX_COLUMNS = 20;

  /** How many of one class were taken for another. */
  @FunctionalInterface
  interface Counts {
    long of(int actual, int predicted);
  }

  /** A table for a page. */
  String html() {
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
        .forEach(k -> html.append("<th class=\"to\">%s</th>".formatted(escaped(k))));
    html.append("</tr>\n");
    for (int actual = 0; actual < size; actual++) {
      html.append(row(actual));
    }
    return html.append("</table></div>\n").toString();
  }

  private String row(int actual) {
    long all = LongStream.range(0, size).map(k -> counts.of(actual, (int) k)).sum();
    StringBuilder html =
        new StringBuilder("<tr><th class=\"from\">%s</th>".formatted(escaped(actual)));
    for (int predicted = 0; predicted < size; predicted++) {
      long count = counts.of(actual, predicted);
      // The root makes rare confusions visible beside a full diagonal.
      double share = all == 0 ? 0 : Math.sqrt((double) count / all);
      html.append(
          Html.format(
              "<td%s style=\"background:rgba(var(--heat),%.2f)\" title=\"%s taken for %s: %d of"
                  + " %d\">%s</td>",
              share > 0.62 ? " class=\"full\"" : "",
              count == 0 ? 0.04 : 0.06 + 0.86 * share,
              escaped(actual),
              escaped(predicted),
              count,
              all,
              count == 0 ? "" : count));
    }
    return html.append("</tr>\n").toString();
  }

  private String escaped(int k) {
    return Html.escape(ClassHits.name(k, classes));
  }

  /** The same for a terminal; empty for many classes. */
  String text() {
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
        text.append(" %6d".formatted(counts.of(actual, predicted)));
      }
      text.append(System.lineSeparator());
    }
    return text.toString();
  }

  /** The same for programs: a row for each class. */
  void describe(ArrayNode rows) {
    for (int actual = 0; actual < size; actual++) {
      ArrayNode row = rows.addArray();
      for (int predicted = 0; predicted < size; predicted++) {
        row.add(counts.of(actual, predicted));
      }
    }
  }
}
