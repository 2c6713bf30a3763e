package dev.braid.jobs.page;

import dev.braid.jobs.chart.Html;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * What all pages of a run have in common: one file that needs no other, for light and dark screens.
 *
 * @param name of the run
 * @param subtitle one line about it
 * @param tiles the numbers that matter, the first one most
 * @param settings the job file
 * @param provenance where the results come from
 */
public record Page(
    String name,
    String subtitle,
    Map<String, String> tiles,
    String settings,
    Map<String, String> provenance) {

  /** The page with sections between the numbers that matter and the settings. */
  String with(String... sections) {
    String body = String.join("\n", cards(), String.join("\n", sections), settingsAndProvenance());
    return html(name, subtitle, body);
  }

  /**
   * A page of one file.
   *
   * @param body what stands below the head
   */
  static String html(String name, String subtitle, String body) {
    return String.join(
        "\n",
        "<!doctype html>",
        "<html lang=\"en\">",
        "<head>",
        "<meta charset=\"utf-8\">",
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
        // The page may not ask anything of a network, whatever stands in it.
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src"
            + " 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">",
        "<title>%s</title>".formatted(Html.escape(name)),
        "<style>\n%s</style>".formatted(resource("report.css")),
        "</head>",
        "<body>",
        "<main>",
        "<header><h1>%s</h1><p>%s</p></header>".formatted(Html.escape(name), Html.escape(subtitle)),
        body,
        "</main>",
        body.contains("data-curves=")
            ? "<script>\n%s</script>".formatted(resource("report.js"))
            : "",
        "</body>",
        "</html>",
        "");
  }

  /** Charts side by side beneath the controls that the script listens to. */
  static String charts(String title, String charts) {
    return charts.isEmpty()
        ? ""
        : String.join(
            "\n",
            "<div class=\"bar\"><h2>%s</h2><form class=\"controls\" hidden>".formatted(title),
            "<label>smoothing <input type=\"range\" name=\"smooth\" min=\"0\" max=\"0.99\""
                + " step=\"0.01\" value=\"0\"></label>",
            "<label><input type=\"checkbox\" name=\"log\"> log scale</label>",
            "</form></div>",
            "<div class=\"charts\">",
            charts,
            "</div>");
  }

  /** Cards with a number each, the first one largest. */
  private String cards() {
    StringBuilder html = new StringBuilder("<div class=\"tiles\">");
    tiles.forEach(
        (label, value) ->
            html.append(
                "<div class=\"card%s\"><b>%s</b><span>%s</span></div>"
                    .formatted(
                        html.indexOf("card") < 0 ? " main" : "",
                        Html.escape(value),
                        Html.escape(label))));
    return html.append("</div>").toString();
  }

  /** The job file beside where the result comes from. */
  private String settingsAndProvenance() {
    return String.join(
        "\n",
        "<div class=\"columns\">",
        "<section><h2>Settings</h2><div class=\"card\"><pre>%s</pre></div></section>"
            .formatted(Html.escape(settings.strip())),
        "<section><h2>Provenance</h2><div class=\"card\">%s</div></section>"
            .formatted(provenanceTable()),
        "</div>");
  }

  private String provenanceTable() {
    return provenance.entrySet().stream()
        .map(
            entry ->
                "<tr><th>%s</th><td class=\"%s\">%s</td></tr>"
                    .formatted(
                        Html.escape(entry.getKey()),
                        entry.getValue().matches("[0-9a-f]{40,}") ? "hash" : "",
                        Html.escape(entry.getValue())))
        .collect(Collectors.joining("\n", "<table>", "</table>"));
  }

  private static String resource(String name) {
    try (InputStream file = Objects.requireNonNull(Page.class.getResourceAsStream(name))) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
