package dev.braid.jobs.page;

import com.fasterxml.jackson.databind.JsonNode;
import dev.braid.jobs.chart.Chart;
import dev.braid.jobs.chart.Curve;
import dev.braid.jobs.chart.Html;
import dev.braid.jobs.chart.Ticks;
import dev.braid.jobs.metrics.FinishedRun;
import dev.braid.jobs.metrics.History;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Several runs beside one another: results, curves, and in which settings they differ. One file
 * that needs no other.
 *
 * @param runs in the order of their colours
 */
public record ComparisonPage(List<FinishedRun> runs) {
  /** More would share colours. */
  public static final int MAX_RUNS = Chart.COLORS;

  /** The page. */
  public String html() {
    return Page.html(
        "%d runs".formatted(runs.size()),
        runs.stream().map(FinishedRun::name).collect(Collectors.joining(", ")),
        String.join(
            "\n",
            results(),
            Page.charts("Course of the runs", charts()),
            "<h2>Settings that differ</h2>",
            settings()));
  }

  /** The columns of results there are, each value as text; empty where a run has none. */
  List<List<String>> table() {
    Set<String> columns = new LinkedHashSet<>();
    runs.forEach(run -> run.scores().fieldNames().forEachRemaining(columns::add));
    List<List<String>> rows = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("run"));
    head.addAll(columns);
    rows.add(head);
    for (FinishedRun run : runs) {
      List<String> row = new ArrayList<>(List.of(run.name()));
      columns.forEach(column -> row.add(text(run.scores().path(column))));
      rows.add(row);
    }
    return rows;
  }

  private static String text(JsonNode value) {
    return value.isNumber() ? Ticks.format(value.asDouble()) : value.asText("");
  }

  /** The results for a terminal. */
  public String text() {
    List<List<String>> rows = table();
    int[] widths =
        IntStream.range(0, rows.get(0).size())
            .map(i -> rows.stream().mapToInt(row -> row.get(i).length()).max().orElse(0))
            .toArray();
    return rows.stream()
        .map(
            row ->
                IntStream.range(0, widths.length)
                    .mapToObj(i -> row.get(i) + " ".repeat(widths[i] - row.get(i).length()))
                    .collect(Collectors.joining("  "))
                    .stripTrailing())
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private String results() {
    List<List<String>> rows = table();
    StringBuilder html = new StringBuilder("<div class=\"card wide\"><table class=\"runs\"><tr>");
    rows.get(0).forEach(name -> html.append("<th>%s</th>".formatted(Html.escape(name))));
    html.append("</tr>\n");
    for (int i = 0; i < runs.size(); i++) {
      html.append("<tr><td><i class=\"dot c%d\"></i>".formatted(i));
      html.append(
          rows.get(i + 1).stream()
              .map(Html::escape)
              .collect(Collectors.joining("</td><td>", "", "</td></tr>\n")));
    }
    return html.append("</table></div>").toString();
  }

  private String charts() {
    Set<String> metrics =
        runs.stream()
            .map(run -> run.history().metricName())
            .collect(Collectors.toCollection(LinkedHashSet::new));
    StringBuilder charts = new StringBuilder();
    charts.append(chart("Loss on the training examples", history -> history.loss).html());
    charts.append(
        chart("Loss on the validation examples", history -> history.validationLoss).html());
    charts.append(
        chart("Validation " + String.join(", ", metrics), history -> history.metric).html());
    charts.append(chart("Learning rate", history -> history.learningRate).htmlUnlessFlat());
    charts.append(
        chart("Spread of the workers' parameters", history -> history.spread).htmlUnlessFlat());
    return charts.toString();
  }

  private Chart chart(String title, Function<History, Curve> curve) {
    return new Chart(
        title,
        runs.stream()
            .map(run -> new Chart.Series(run.name(), curve.apply(run.history()), false))
            .toList(),
        OptionalInt.empty());
  }

  private String settings() {
    Set<String> names =
        runs.stream()
            .flatMap(run -> run.settings().keySet().stream())
            .collect(Collectors.toCollection(java.util.TreeSet::new));
    List<String> differing =
        names.stream()
            .filter(
                name -> runs.stream().map(run -> run.settings().get(name)).distinct().count() > 1)
            .toList();
    if (differing.isEmpty()) {
      return "<p class=\"card\">None: all %d settings are the same.</p>".formatted(names.size());
    }
    StringBuilder html = new StringBuilder("<div class=\"card wide\"><table><tr><th>setting</th>");
    for (int i = 0; i < runs.size(); i++) {
      html.append(
          "<th><i class=\"dot c%d\"></i>%s</th>".formatted(i, Html.escape(runs.get(i).name())));
    }
    html.append("</tr>\n");
    for (String name : differing) {
      html.append("<tr><th>%s</th>".formatted(Html.escape(name)));
      for (FinishedRun run : runs) {
        String value = run.settings().get(name);
        html.append(
            "<td>%s</td>"
                .formatted(
                    value == null ? "<span class=\"note\">not set</span>" : Html.escape(value)));
      }
      html.append("</tr>\n");
    }
    return html.append(
            "</table><p class=\"note\">%d other settings are the same.</p></div>"
                .formatted(names.size() - differing.size()))
        .toString();
  }
}
