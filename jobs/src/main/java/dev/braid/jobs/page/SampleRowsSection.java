package dev.braid.jobs.page;

import dev.braid.driver.inference.InferenceRun;
import dev.braid.driver.inference.Survey;
import dev.braid.jobs.chart.Html;
import dev.braid.jobs.chart.InlineImage;
import dev.braid.jobs.chart.Ticks;
import dev.braid.worker.inference.ModelFacts;
import java.util.List;

/**
 * Some of the rows that were scored, with what was answered.
 *
 * @param run what was scored, and with what
 * @param rows to be shown
 * @param inputNames per input names of its numbers; none where they are not known
 */
record SampleRowsSection(
    InferenceRun run, List<Survey.SampleRow> rows, List<List<String>> inputNames) {
  private static final int MAX_NUMBERS = 12;

  /** A table of the rows. */
  String html() {
    if (rows.isEmpty()) {
      return "";
    }
    StringBuilder html =
        new StringBuilder("<h2>Some rows</h2><div class=\"card wide\"><table><tr>");
    for (int i = 0; i < inputNames.size(); i++) {
      html.append(arePictures(i) ? "<th></th>" : "");
    }
    List<ModelFacts.Output> outputs = run.facts().outputs();
    for (int i = 0; i < outputs.size(); i++) {
      String prefix = Html.escape(run.facts().prefix(outputs.get(i)));
      html.append("<th>%sprediction</th>".formatted(prefix));
      html.append(isSure(i) ? "<th>%ssure</th>".formatted(prefix) : "");
      html.append(isLabelled(i) ? "<th>%slabel</th>".formatted(prefix) : "");
    }
    run.keptColumns().forEach(column -> html.append("<th>%s</th>".formatted(Html.escape(column))));
    for (int i = 0; i < inputNames.size(); i++) {
      html.append(
          areWords(i) ? "<th>%s</th>".formatted(Html.escape(inputNames.get(i).get(0))) : "");
      for (int k = 0; k < numbersShown(i); k++) {
        html.append("<th>%s</th>".formatted(Html.escape(inputNames.get(i).get(k))));
      }
    }
    html.append("<th>file</th><th class=\"number\">row</th></tr>\n");
    rows.forEach(row -> html.append(row(row)));
    return html.append("</table></div>").toString();
  }

  private boolean isSure(int output) {
    return rows.stream().anyMatch(row -> !Double.isNaN(row.said().get(output).sure()));
  }

  private boolean isLabelled(int output) {
    return rows.stream().anyMatch(row -> row.said().get(output).label() != null);
  }

  private boolean arePictures(int input) {
    return rows.get(0).inputs()[input].length > 0 && InlineImage.arePictures(shape(input));
  }

  private List<Integer> shape(int input) {
    return run.facts().shapes().get(input).sizes();
  }

  private boolean areWords(int input) {
    return InputWords.areIn(run.facts().inputs().get(input));
  }

  private int numbersShown(int input) {
    if (areWords(input) || run.facts().shapes().get(input).isRagged()) {
      return 0;
    }
    int numbers = rows.get(0).inputs()[input].length;
    return numbers == inputNames.get(input).size() ? Math.min(MAX_NUMBERS, numbers) : 0;
  }

  private String row(Survey.SampleRow row) {
    StringBuilder html = new StringBuilder("<tr>");
    for (int i = 0; i < inputNames.size(); i++) {
      html.append(
          arePictures(i)
              ? "<td>%s</td>".formatted(InlineImage.img(row.inputs()[i], shape(i), "input"))
              : "");
    }
    for (int i = 0; i < row.said().size(); i++) {
      Survey.Said said = row.said().get(i);
      html.append("<td><b>%s</b></td>".formatted(Html.escape(said.words())));
      html.append(isSure(i) ? "<td>%.3f</td>".formatted(said.sure()) : "");
      html.append(
          isLabelled(i)
              ? "<td>%s</td>".formatted(said.label() == null ? "" : Html.escape(said.label()))
              : "");
    }
    row.kept().forEach(value -> html.append("<td>%s</td>".formatted(Html.escape(value))));
    for (int i = 0; i < inputNames.size(); i++) {
      html.append(
          InputWords.of(run.facts().inputs().get(i), row.inputs()[i])
              .map(words -> "<td>%s</td>".formatted(Html.escape(words)))
              .orElse(""));
      for (int k = 0; k < numbersShown(i); k++) {
        html.append("<td>%s</td>".formatted(Ticks.format(row.inputs()[i][k])));
      }
    }
    return html.append(
            "<td>%s</td><td class=\"number\">%,d</td></tr>%n"
                .formatted(Html.escape(lastPart(row.file())), row.row()))
        .toString();
  }

  /** The name of a file, or of a place in it, without its folder. */
  static String lastPart(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
