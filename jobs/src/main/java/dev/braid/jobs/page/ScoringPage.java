package dev.braid.jobs.page;

import dev.braid.driver.inference.Drift;
import dev.braid.driver.inference.InferenceRun;
import dev.braid.driver.inference.Survey;
import dev.braid.driver.inference.output.Counts;
import dev.braid.jobs.chart.Html;
import dev.braid.jobs.chart.InlineImage;
import dev.braid.jobs.chart.Ticks;
import dev.braid.worker.inference.Answer;
import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.model.Reference.Moments;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The page a scoring leaves: one file that needs no other.
 *
 * @param name of the job
 * @param tiles the numbers that matter, the first one most
 * @param run what was scored, and with what
 * @param outcome what came of it
 * @param settings the job file
 * @param provenance where the answers come from
 */
public record ScoringPage(
    String name,
    Map<String, String> tiles,
    InferenceRun run,
    InferenceRun.Outcome outcome,
    String settings,
    Map<String, String> provenance) {
  private static final int MAX_BARS = 40;
  private static final int MAX_INPUTS = 16;
  private static final int MAX_NUMBERS = 12;

  /** The page. */
  public String html() {
    return Page.html(
        name,
        "%,d rows scored, %,d set apart"
            .formatted(outcome.counts().rows(), outcome.counts().quarantined()),
        String.join(
            "\n",
            Page.tiles(tiles),
            warnings(),
            answers(),
            confidence(),
            inputs(),
            reasons(),
            scores(),
            rows(),
            Page.settingsAndProvenance(settings, provenance)));
  }

  private ModelFacts facts() {
    return run.facts();
  }

  private Counts counts() {
    return outcome.counts();
  }

  private Optional<Drift> drift() {
    return Drift.of(facts(), counts());
  }

  private String warnings() {
    return drift().map(Drift::warnings).orElse(List.of()).stream()
        .map(words -> "<p class=\"card warning\">%s</p>".formatted(Html.escape(words)))
        .collect(Collectors.joining("\n"));
  }

  private String answers() {
    double[] sums = counts().predictions();
    List<Moments> before = facts().reference() == null ? null : facts().reference().predictions();
    if (facts().answer() == Answer.NUMBERS) {
      return "<h2>Means of the predictions</h2>"
          + means(sums, before, i -> sums.length == 1 ? "prediction" : "number " + (i + 1));
    }
    List<Integer> largest =
        IntStream.range(0, sums.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> -sums[i]))
            .limit(MAX_BARS)
            .sorted()
            .toList();
    double most =
        Math.max(
            Arrays.stream(sums).max().orElse(0) / Math.max(1, counts().rows()),
            before == null ? 0 : before.stream().mapToDouble(Moments::mean).max().orElse(0));
    StringBuilder html =
        new StringBuilder("<h2>What the rows were taken for</h2><div class=\"card\">");
    html.append(
        before == null
            ? ""
            : "<span class=\"legend\"><span><i class=\"c0\"></i>these rows</span>"
                + "<span><i class=\"c1\"></i>the training's</span></span>");
    html.append("<table class=\"shares\">");
    for (int i : largest) {
      double now = sums[i] / Math.max(1, counts().rows());
      html.append(
          "<tr><th>%s</th><td class=\"bars\">%s%s</td><td class=\"number\">%s</td></tr>%n"
              .formatted(
                  Html.escape(facts().className(i)),
                  bar(0, now / most),
                  before == null ? "" : bar(1, before.get(i).mean() / most),
                  percent(now)
                      + (before == null ? "" : " (was " + percent(before.get(i).mean()) + ")")));
    }
    html.append("</table>");
    if (largest.size() < sums.length) {
      html.append(
          "<p class=\"note\">The %d most frequent of %d classes.</p>"
              .formatted(largest.size(), sums.length));
    }
    return html.append("</div>").toString();
  }

  private static String bar(int color, double share) {
    return String.format(
        Locale.ROOT, "<i class=\"share c%d\" style=\"width:%.2f%%\"></i>", color, 100 * share);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  private String confidence() {
    long[] bins = outcome.survey().confidence();
    long most = Arrays.stream(bins).max().orElse(0);
    if (most == 0) {
      return "";
    }
    StringBuilder svg =
        new StringBuilder(
            "<h2>How sure the model was</h2><figure class=\"card\"><svg viewBox=\"0 0 1040 190\""
                + " role=\"img\" aria-label=\"Probability of the class that was answered\">");
    int width = 1040 / bins.length;
    for (int i = 0; i < bins.length; i++) {
      double height = 150.0 * bins[i] / most;
      svg.append(
          String.format(
              Locale.ROOT,
              "<rect class=\"bar c0\" x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%.1f\">"
                  + "<title>from %.2f to %.2f: %,d rows</title></rect>",
              i * width + 2,
              160 - height,
              width - 4,
              height,
              (double) i / bins.length,
              (i + 1.0) / bins.length,
              bins[i]));
      if (i % 2 == 0) {
        svg.append(
            String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"178\">%.1f</text>",
                i * width + 2,
                (double) i / bins.length));
      }
    }
    return svg.append("</svg><p class=\"note\">Rows by the probability of the class that was")
        .append(" answered.</p></figure>")
        .toString();
  }

  /** Names of an input's numbers; none where they are not known. */
  private List<String> inputNames() {
    return facts().encoding() == null ? List.of() : ColumnNames.of(facts().encoding());
  }

  /** The inputs whose means have moved most since the training. */
  private String inputs() {
    if (facts().reference() == null || counts().rows() == 0) {
      return "";
    }
    List<Moments> before = facts().reference().inputs();
    List<String> names = inputNames();
    return "<h2>How far the inputs are from the training's</h2>"
        + means(
            counts().inputSums(),
            before,
            i ->
                before.size() == 1 && facts().inputWidth() > 1
                    ? "mean of the inputs"
                    : names.size() == before.size() ? names.get(i) : "input " + (i + 1));
  }

  private String means(
      double[] sums, List<Moments> before, java.util.function.IntFunction<String> names) {
    double[] now = Arrays.stream(sums).map(sum -> sum / Math.max(1, counts().rows())).toArray();
    double[] moved =
        IntStream.range(0, now.length)
            .mapToDouble(i -> before == null ? Double.NaN : Drift.deviations(before, i, now[i]))
            .toArray();
    List<Integer> most =
        IntStream.range(0, now.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> before == null ? i : -moved[i]))
            .limit(MAX_INPUTS)
            .toList();
    StringBuilder html = new StringBuilder("<div class=\"card\"><table><tr><th></th><th>mean</th>");
    html.append(
        before == null
            ? ""
            : "<th>in training</th><th>standard deviations away</th><th class=\"bars\"></th>");
    html.append("</tr>\n");
    for (int i : most) {
      html.append(
          "<tr><th>%s</th><td>%s</td>"
              .formatted(Html.escape(names.apply(i)), Ticks.format(now[i])));
      if (before != null) {
        html.append(
            "<td>%s</td><td>%.2f</td><td class=\"bars\">%s</td>"
                .formatted(
                    Ticks.format(before.get(i).mean()),
                    moved[i],
                    bar(moved[i] > 0.25 ? 1 : 0, Math.min(1, moved[i] / 2))));
      }
      html.append("</tr>\n");
    }
    html.append("</table>");
    if (most.size() < now.length) {
      html.append(
          "<p class=\"note\">The %d of %d that moved most.</p>".formatted(most.size(), now.length));
    }
    return html.append("</div>").toString();
  }

  private String reasons() {
    if (outcome.survey().reasons().isEmpty()) {
      return "";
    }
    return outcome.survey().reasons().entrySet().stream()
        .map(
            entry ->
                "<tr><td class=\"number\">%,d</td><td>%s</td><td>%s: %s</td></tr>"
                    .formatted(
                        entry.getValue().rows(),
                        Html.escape(entry.getKey()),
                        Html.escape(lastPart(entry.getValue().place())),
                        Html.escape(entry.getValue().words())))
        .collect(
            Collectors.joining(
                "\n",
                "<h2>Why rows were set apart</h2><div class=\"card\"><table><tr>"
                    + "<th class=\"number\">rows</th><th>reason</th><th>the first one</th></tr>\n",
                "</table></div>"));
  }

  private String scores() {
    return counts().labelled() == 0 || counts().metrics().length == 0
        ? ""
        : "<h2>Scores of %,d rows with labels</h2>%n".formatted(counts().labelled())
            + new ScoreTables(Metrics.fromBytes(counts().metrics()), facts().classes()).html();
  }

  private String rows() {
    List<Survey.SampleRow> rows = outcome.survey().rows();
    if (rows.isEmpty()) {
      return "";
    }
    boolean labelled = rows.stream().anyMatch(row -> row.label() != null);
    int numbers = numbersShown(rows.get(0));
    StringBuilder html =
        new StringBuilder("<h2>Some rows</h2><div class=\"card wide\"><table><tr>");
    html.append(arePictures(rows.get(0)) ? "<th></th>" : "").append("<th>prediction</th>");
    html.append(facts().index(rows.get(0).answer()) < 0 ? "" : "<th>sure</th>");
    html.append(labelled ? "<th>label</th>" : "");
    run.keptColumns().forEach(column -> html.append("<th>%s</th>".formatted(Html.escape(column))));
    for (int i = 0; i < numbers; i++) {
      html.append("<th>%s</th>".formatted(Html.escape(inputNames().get(i))));
    }
    html.append("<th>file</th><th class=\"number\">row</th></tr>\n");
    rows.forEach(row -> html.append(row(row, labelled, numbers)));
    return html.append("</table></div>").toString();
  }

  private boolean arePictures(Survey.SampleRow row) {
    return row.input().length > 0 && InlineImage.arePictures(facts().inputShape());
  }

  private int numbersShown(Survey.SampleRow row) {
    return row.input().length == inputNames().size()
        ? Math.min(MAX_NUMBERS, row.input().length)
        : 0;
  }

  private String row(Survey.SampleRow row, boolean labelled, int numbers) {
    StringBuilder html = new StringBuilder("<tr>");
    if (arePictures(row)) {
      html.append(
          "<td>%s</td>".formatted(InlineImage.img(row.input(), facts().inputShape(), "input")));
    }
    html.append("<td><b>%s</b></td>".formatted(Html.escape(answer(row.answer()))));
    if (facts().index(row.answer()) >= 0) {
      html.append("<td>%.3f</td>".formatted(Survey.confidence(facts(), row.answer())));
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
    int index = facts().index(numbers);
    if (index >= 0) {
      return facts().className(index);
    }
    return IntStream.range(0, numbers.length)
        .filter(i -> facts().answer() == Answer.NUMBERS || numbers[i] > facts().threshold())
        .limit(MAX_NUMBERS)
        .mapToObj(
            i ->
                facts().answer() == Answer.NUMBERS
                    ? Ticks.format(numbers[i])
                    : facts().className(i))
        .collect(Collectors.joining(", "));
  }

  private static String lastPart(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
