package dev.braid.jobs.picture;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.braid.jobs.chart.Html;
import dev.braid.worker.metric.Hits;
import java.util.List;

/**
 * How each class is found: precision, recall, F1 and number.
 *
 * @param hits of each class
 * @param classes their names, by index; may be shorter than there are
 */
public record ClassHits(List<Hits> hits, List<String> classes) {

  /** A table for a page. */
  public String html() {
    StringBuilder html =
        new StringBuilder(
            "<h2>Each class</h2><div class=\"card\"><table><tr><th>class</th><th>precision</th>"
                + "<th>recall</th><th>F1</th><th class=\"number\">examples</th></tr>\n");
    for (int k = 0; k < hits.size(); k++) {
      Hits each = hits.get(k);
      html.append(
          "<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td class=\"number\">%,d</td></tr>%n"
              .formatted(
                  Html.escape(name(k, classes)),
                  gauge(each.precision()),
                  gauge(each.recall()),
                  gauge(each.f1()),
                  each.support()));
    }
    return html.append("</table></div>\n").toString();
  }

  private static String gauge(double share) {
    return Html.format(
        "%.3f<span class=\"gauge\"><i class=\"c0\" style=\"width:%.1f%%\"></i></span>",
        share, 100 * share);
  }

  /** The same for a terminal. */
  public String text() {
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

  /** The same for programs. */
  public void describe(ArrayNode json) {
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

  /** The name of a class: its index where it has none. */
  static String name(int k, List<String> classes) {
    return k < classes.size() ? classes.get(k) : String.valueOf(k);
  }
}
