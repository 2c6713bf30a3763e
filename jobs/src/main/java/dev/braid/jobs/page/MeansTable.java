package dev.braid.jobs.page;

import dev.braid.driver.inference.Drift;
import dev.braid.jobs.chart.Html;
import dev.braid.jobs.chart.Ticks;
import dev.braid.worker.model.Reference.Moments;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Means of what a model has read or answered, beside those of its training.
 *
 * @param sums of each number over all rows
 * @param rows how many
 * @param before what the training had; null where it is not known
 */
@SuppressWarnings("ArrayRecordComponent") // read only
record MeansTable(double[] sums, long rows, List<Moments> before) {
  private static final int MAX_ROWS = 16;

  /** The table; those that have moved most come first. */
  String html(IntFunction<String> names) {
    double[] now = Arrays.stream(sums).map(sum -> sum / Math.max(1, rows)).toArray();
    double[] moved =
        IntStream.range(0, now.length)
            .mapToDouble(i -> before == null ? Double.NaN : Drift.deviations(before, i, now[i]))
            .toArray();
    List<Integer> most =
        IntStream.range(0, now.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> before == null ? i : -moved[i]))
            .limit(MAX_ROWS)
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
                    Html.bar(moved[i] > 0.25 ? 1 : 0, Math.min(1, moved[i] / 2))));
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
}
