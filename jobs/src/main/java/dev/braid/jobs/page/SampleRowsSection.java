package dev.braid.jobs.page;

import dev.braid.driver.inference.InferenceRun;
import dev.braid.driver.inference.Survey;
import dev.braid.jobs.chart.Html;
import dev.braid.jobs.chart.InlineImage;
import dev.braid.jobs.chart.Ticks;
import dev.braid.worker.inference.Answer;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Some of the rows that were scored, with what was answered.
 *
 * @param run what was scored, and with what
 * @param rows to be shown
 * @param inputNames names of an input's numbers; none where they are not known
 */
record SampleRowsSection(InferenceRun run, List<Survey.SampleRow> rows, List<String> inputNames) {
  private static final int MAX_NUMBERS = 12;

  /** A table of the rows. */
  String html() {
    if (rows.isEmpty()) {
      return "";
    }
    boolean labelled = rows.stream().anyMatch(row -> row.label() != null);
    int numbers = numbersShown(rows.get(0));
    StringBuilder html =
        new StringBuilder("<h2>Some rows</h2><div class=\"card wide\"><table><tr>");
    html.append(arePictures(rows.get(0)) ? "<th></th>" : "").append("<th>prediction</th>");
    html.append(run.facts().index(rows.get(0).answer()) < 0 ? "" : "<th>sure</th>");
    html.append(labelled ? "<th>label</th>" : "");
    run.keptColumns().forEach(column -> html.append("<th>%s</th>".formatted(Html.escape(column))));
    for (int i = 0; i < numbers; i++) {
      html.append("<th>%s</th>".formatted(Html.escape(inputNames.get(i))));
    }
    html.append("<th>file</th><th class=\"number\">row</th></tr>\n");
    rows.forEach(row -> html.append(row(row, labelled, numbers)));
    return html.append("</table></div>").toString();
  }

  private boolean arePictures(Survey.SampleRow row) {
    return row.input().length > 0 && InlineImage.arePictures(run.facts().input().shape());
  }

  private int numbersShown(Survey.SampleRow row) {
    return row.input().length == inputNames.size() ? Math.min(MAX_NUMBERS, row.input().length) : 0;
  }

  private String row(Survey.SampleRow row, boolean labelled, int numbers) {
    StringBuilder html = new StringBuilder("<tr>");
    if (arePictures(row)) {
      html.append(
          "<td>%s</td>"
              .formatted(InlineImage.img(row.input(), run.facts().input().shape(), "input")));
    }
    html.append("<td><b>%s</b></td>".formatted(Html.escape(answer(row.answer()))));
    if (run.facts().index(row.answer()) >= 0) {
      html.append("<td>%.3f</td>".formatted(Survey.confidence(run.facts(), row.answer())));
    }
    if (labelled) {
      html.append("<td>%s</td>".formatted(row.label() == null ? "" : Html.escape(row.label())));
    }
    row.kept().forEach(value -> html.append("<td>%s</td>".formatted(Html.escape(value))));
    for (int i = 0; i < numbers; i++) {
      html.append("<td>%s</td>".formatted(Ticks.format(row.input()[i])));
    }
    return html.append(
            "<td>%s</td><td class=\"number\">%,d</td></tr>%n"
                .formatted(Html.escape(lastPart(row.file())), row.row()))
        .toString();
  }

  private String answer(float[] numbers) {
    int index = run.facts().index(numbers);
    if (index >= 0) {
      return run.facts().className(index);
    }
    return IntStream.range(0, numbers.length)
        .filter(
            i ->
                run.facts().output().kind() == Answer.NUMBERS
                    || numbers[i] > run.facts().output().threshold())
        .limit(MAX_NUMBERS)
        .mapToObj(
            i ->
                run.facts().output().kind() == Answer.NUMBERS
                    ? Ticks.format(numbers[i])
                    : run.facts().className(i))
        .collect(Collectors.joining(", "));
  }

  /** The name of a file, or of a place in it, without its folder. */
  static String lastPart(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
