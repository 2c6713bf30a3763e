package dev.braid.jobs.page;

import dev.braid.jobs.chart.Ticks;
import dev.braid.jobs.picture.Picture;
import dev.braid.worker.metric.Metrics;
import java.util.List;

/**
 * The metrics of one output of a network, as HTML: their values, and the picture of their task.
 *
 * @param metrics what was counted
 * @param classes names of the classes or labels, by index; may be shorter than there are
 */
public record ScoreTables(Metrics metrics, List<String> classes) {
  String html() {
    return values() + Picture.of(metrics.kind()).html(metrics, classes);
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
}
