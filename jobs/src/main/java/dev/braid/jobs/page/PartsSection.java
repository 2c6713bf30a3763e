package dev.braid.jobs.page;

import dev.braid.driver.data.Part;
import dev.braid.driver.evaluation.Evaluation;
import dev.braid.jobs.chart.Html;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The final model's scores on each part of the data, side by side: from train to trainDev they fall
 * by the variance, from trainDev to dev by a mismatch of the data, from dev to test by what was
 * chosen on dev.
 *
 * @param scores in the order of the columns; empty for no section
 */
public record PartsSection(Map<Part, Evaluation> scores) {

  /** The section. */
  public String html() {
    if (scores.isEmpty()) {
      return "";
    }
    List<String> names = List.copyOf(scores.values().iterator().next().values().keySet());
    String head =
        scores.keySet().stream()
            .map(part -> "<th>%s</th>".formatted(part == Part.TRAIN ? "train, some" : part.key()))
            .collect(Collectors.joining());
    return "<h2>Scores of the parts</h2><div class=\"card\"><table><tr><th></th>%s</tr>%n%s%s</table></div>"
        .formatted(
            head,
            names.stream().map(this::row).collect(Collectors.joining()),
            "<tr><th>examples</th>%s</tr>"
                .formatted(
                    scores.values().stream()
                        .map(scored -> Html.format("<td>%,d</td>", scored.examples()))
                        .collect(Collectors.joining())));
  }

  private String row(String name) {
    return "<tr><th>%s</th>%s</tr>%n"
        .formatted(
            Html.escape(name),
            scores.values().stream()
                .map(scored -> scored.values().get(name))
                .map(value -> value == null ? "<td></td>" : Html.format("<td>%.4f</td>", value))
                .collect(Collectors.joining()));
  }
}
