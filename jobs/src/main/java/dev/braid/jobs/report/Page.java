package dev.braid.jobs.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** What all pages of a run share: the frame, the numbers that matter, the settings. */
final class Page {
  private Page() {}

  /**
   * A page of one file, for light and dark screens.
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
        "<title>%s</title>".formatted(Html.escape(name)),
        "<style>\n%s</style>".formatted(css()),
        "</head>",
        "<body>",
        "<main>",
        "<header><h1>%s</h1><p>%s</p></header>".formatted(Html.escape(name), Html.escape(subtitle)),
        body,
        "</main>",
        "</body>",
        "</html>",
        "");
  }

  /** Cards with a number each, the first one largest. */
  static String tiles(Map<String, String> tiles) {
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
  static String settingsAndProvenance(String settings, Map<String, String> provenance) {
    return String.join(
        "\n",
        "<div class=\"columns\">",
        "<section><h2>Settings</h2><div class=\"card\"><pre>%s</pre></div></section>"
            .formatted(Html.escape(settings.strip())),
        "<section><h2>Provenance</h2><div class=\"card\">%s</div></section>"
            .formatted(provenanceTable(provenance)),
        "</div>");
  }

  private static String provenanceTable(Map<String, String> provenance) {
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

  private static String css() {
    try (InputStream css = Objects.requireNonNull(Page.class.getResourceAsStream("report.css"))) {
      return new String(css.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
