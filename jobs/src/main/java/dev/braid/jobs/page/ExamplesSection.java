package dev.braid.jobs.page;

import dev.braid.jobs.chart.Html;
import dev.braid.worker.model.ModelDescription;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a training has learned from: the classes with their counts, and what was left out.
 *
 * @param remarks sentences about what was read
 * @param model that has learned
 * @param counts per output how many examples each class has; empty where it has no classes
 */
public record ExamplesSection(List<String> remarks, ModelDescription model, List<long[]> counts) {
  private static final int MAX_CLASSES = 40;

  public String html() {
    String tables =
        IntStream.range(0, counts.size())
            .filter(output -> counts.get(output).length > 0)
            .mapToObj(this::table)
            .collect(Collectors.joining());
    String sentences =
        remarks.stream()
            .map(remark -> "<p class=\"note\">%s</p>".formatted(Html.escape(remark)))
            .collect(Collectors.joining("\n"));
    return tables.isEmpty() && sentences.isEmpty()
        ? ""
        : "<h2>The training examples</h2><div class=\"card\">%s%s</div>"
            .formatted(tables, sentences);
  }

  private String table(int output) {
    long[] ofOutput = counts.get(output);
    List<String> classes = model.labels().get(output).classes();
    double most = Math.max(1, Arrays.stream(ofOutput).max().orElse(1));
    StringBuilder html = new StringBuilder();
    if (counts.size() > 1) {
      html.append("<h3>%s</h3>".formatted(Html.escape(model.plan().outputs().get(output).name())));
    }
    html.append("<table class=\"shares\">");
    for (int k = 0; k < Math.min(MAX_CLASSES, ofOutput.length); k++) {
      String name = k < classes.size() ? classes.get(k) : String.valueOf(k);
      html.append(
          Html.format(
              "<tr><th>%s</th><td class=\"bars\">%s</td><td class=\"number\">%,d</td></tr>%n",
              Html.escape(name), Html.bar(0, ofOutput[k] / most), ofOutput[k]));
    }
    html.append("</table>");
    return ofOutput.length <= MAX_CLASSES
        ? html.toString()
        : html.append(
                "<p class=\"note\">The first %d of %d classes.</p>"
                    .formatted(MAX_CLASSES, ofOutput.length))
            .toString();
  }
}
