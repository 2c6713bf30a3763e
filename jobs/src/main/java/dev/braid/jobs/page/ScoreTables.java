package dev.braid.jobs.page;

import dev.braid.jobs.chart.Html;
import dev.braid.jobs.chart.Ticks;
import dev.braid.worker.metric.Hits;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.task.classification.Classification;
import dev.braid.worker.task.multilabel.MultiLabel;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The metrics of one output of a network in detail, as HTML.
 *
 * @param metrics what was counted
 * @param classes names of the classes or labels, by index; may be shorter than there are
 */
public record ScoreTables(Metrics metrics, List<String> classes) {
  private static final int MAX_CLASSES = 40;

  String html() {
    StringBuilder html = new StringBuilder(values());
    if (metrics instanceof Classification counts) {
      html.append(confusion(counts)).append(hits(counts.hits()));
    }
    if (metrics instanceof MultiLabel counts) {
      html.append(hits(counts.hits()));
    }
    return html.toString();
  }

  private String values() {
    StringBuilder html = new StringBuilder("<div class=\"card\"><span class=\"legend\">");
    metrics
        .values()
        .forEach(
            (name, value) ->
                html.append("<span>%s <b>%s</b></span>".formatted(name, Ticks.format(value))));
    return html.append("</span></div>\n").toString();
  }

  private String confusion(Classification counts) {
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
        .forEach(k -> html.append("<th class=\"to\">%s</th>".formatted(name(k))));
    html.append("</tr>\n");
    for (int actual = 0; actual < size; actual++) {
      html.append(confusionRow(counts, actual));
    }
    return html.append("</table></div>\n").toString();
  }

  private String confusionRow(Classification counts, int actual) {
    int size = counts.numClasses();
    long all = LongStream.range(0, size).map(k -> counts.count(actual, (int) k)).sum();
    StringBuilder html =
        new StringBuilder("<tr><th class=\"from\">%s</th>".formatted(name(actual)));
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
              name(actual),
              name(predicted),
              count,
              all,
              count == 0 ? "" : count));
    }
    return html.append("</tr>\n").toString();
  }

  private String hits(List<Hits> hits) {
    StringBuilder html =
        new StringBuilder(
            "<h2>Each class</h2><div class=\"card\"><table><tr><th>class</th><th>precision</th>"
                + "<th>recall</th><th>F1</th><th class=\"number\">examples</th></tr>\n");
    for (int k = 0; k < hits.size(); k++) {
      Hits each = hits.get(k);
      html.append(
          "<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td class=\"number\">%,d</td></tr>%n"
              .formatted(
                  name(k),
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

  private String name(int k) {
    return Html.escape(k < classes.size() ? classes.get(k) : String.valueOf(k));
  }
}
