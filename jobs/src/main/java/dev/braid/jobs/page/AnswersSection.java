package dev.braid.jobs.page;

import dev.braid.driver.inference.output.Counts;
import dev.braid.jobs.chart.Html;
import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.model.Reference.Moments;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What one output of a model has answered, beside its answers on the examples it was trained on.
 *
 * @param title what the headings end with; empty where there is one output
 * @param names of what is summed up
 * @param counted whether answers are, of which shares are taken; otherwise means
 * @param sums of the answers
 * @param rows that were answered
 * @param before the same of the training; null where not known
 */
@SuppressWarnings("ArrayRecordComponent") // sums, which nobody compares
record AnswersSection(
    String title,
    List<String> names,
    boolean counted,
    double[] sums,
    long rows,
    List<Moments> before) {
  private static final int MAX_BARS = 40;

  /** A section for an output of a scoring. */
  static AnswersSection of(ModelFacts facts, Counts counts, ModelFacts.Sums own) {
    boolean known =
        facts.reference() != null
            && facts.reference().predictions().size() == counts.predictions().length;
    return new AnswersSection(
        title(facts, own.output()),
        own.names(),
        own.output().decoder().countsAnswers(),
        Arrays.copyOfRange(counts.predictions(), own.from(), own.to()),
        counts.rows(),
        known ? facts.reference().predictions().subList(own.from(), own.to()) : null);
  }

  /** What a heading of an output ends with. */
  static String title(ModelFacts facts, ModelFacts.Output output) {
    return facts.outputs().size() == 1 ? "" : ": " + Html.escape(output.name());
  }

  /** Shares of classes, or means of numbers. */
  String html() {
    if (!counted) {
      return "<h2>Means of the predictions%s</h2>".formatted(title)
          + new MeansTable(sums, rows, before)
              .html(i -> sums.length == 1 ? "prediction" : "number " + (i + 1));
    }
    return shares();
  }

  private String shares() {
    List<Integer> largest =
        IntStream.range(0, sums.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> -sums[i]))
            .limit(MAX_BARS)
            .sorted()
            .toList();
    double most =
        Math.max(
            Arrays.stream(sums).max().orElse(0) / Math.max(1, rows),
            before == null ? 0 : before.stream().mapToDouble(Moments::mean).max().orElse(0));
    StringBuilder html =
        new StringBuilder(
            "<h2>What the rows were taken for%s</h2><div class=\"card\">".formatted(title));
    html.append(
        before == null
            ? ""
            : "<span class=\"legend\"><span><i class=\"c0\"></i>these rows</span>"
                + "<span><i class=\"c1\"></i>the training's</span></span>");
    html.append("<table class=\"shares\">");
    for (int i : largest) {
      double now = sums[i] / Math.max(1, rows);
      html.append(row(names.get(i), now, before == null ? null : before.get(i).mean(), most));
    }
    html.append("</table>");
    if (largest.size() < sums.length) {
      html.append(
          "<p class=\"note\">The %d most frequent of %d classes.</p>"
              .formatted(largest.size(), sums.length));
    }
    return html.append("</div>").toString();
  }

  private static String row(String name, double now, Double before, double most) {
    return "<tr><th>%s</th><td class=\"bars\">%s%s</td><td class=\"number\">%s</td></tr>%n"
        .formatted(
            Html.escape(name),
            Html.bar(0, now / most),
            before == null ? "" : Html.bar(1, before / most),
            percent(now) + (before == null ? "" : " (was " + percent(before) + ")"));
  }

  private static String percent(double share) {
    return Html.format("%.1f %%", 100 * share);
  }

  /** Rows by how sure the model was; empty where it does not choose among classes. */
  static String confidence(String title, long[] bins) {
    long most = Arrays.stream(bins).max().orElse(0);
    if (most == 0) {
      return "";
    }
    StringBuilder svg =
        new StringBuilder(
            "<h2>How sure the model was%s</h2>".formatted(title)
                + "<figure class=\"card\"><svg viewBox=\"0 0 1040 190\" role=\"img\""
                + " aria-label=\"Probability of the class that was answered\">");
    int width = 1040 / bins.length;
    for (int i = 0; i < bins.length; i++) {
      double height = 150.0 * bins[i] / most;
      svg.append(
          Html.format(
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
            Html.format(
                "<text x=\"%d\" y=\"178\">%.1f</text>", i * width + 2, (double) i / bins.length));
      }
    }
    return svg.append("</svg><p class=\"note\">Rows by the probability of the class that was")
        .append(" answered.</p></figure>")
        .toString();
  }
}
