package dev.braid.jobs.page;

import dev.braid.jobs.chart.Chart;
import dev.braid.jobs.chart.Html;
import dev.braid.jobs.metrics.History;
import dev.braid.jobs.metrics.RoundSeconds;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The page a training leaves.
 *
 * @param page what it has in common with others
 * @param history the course of the run
 * @param parts the section about the scores of all parts; may be empty
 * @param scores on the test examples, per output of the network; may be empty
 * @param examples the section about what was learned from; may be empty
 * @param mistakes the section about them; may be empty
 * @param written what the model does by itself; may be empty
 */
public record ReportPage(
    Page page,
    History history,
    String parts,
    Map<String, ScoreTables> scores,
    String examples,
    String mistakes,
    String written) {

  /** The page. */
  public String html() {
    return page.with(
        Page.charts("Course of the run", charts()),
        timeSplit(),
        examples,
        parts,
        scoreSections(),
        written,
        mistakes);
  }

  private String charts() {
    return new Chart(
                "Loss",
                List.of(
                    new Chart.Series("training, each round", history.loss, false),
                    new Chart.Series("validation", history.validationLoss, true)),
                history.best())
            .html()
        + new Chart(
                capital(history.metricName()),
                List.of(
                    new Chart.Series("some training examples", history.trainingMetric, true),
                    new Chart.Series("validation", history.metric, true)),
                history.best())
            .html()
        + Stream.of(
                new Chart(
                    "Learning rate",
                    new Chart.Series("learning rate", history.learningRate, false)),
                new Chart(
                    "Spread of the workers' parameters",
                    new Chart.Series("before averaging", history.spread, false)),
                new Chart(
                    "Cosine between the workers' changes",
                    new Chart.Series("mean over all pairs", history.cosine, false)))
            .map(Chart::htmlUnlessFlat)
            .collect(Collectors.joining())
        + (history.localStepsChange()
            ? new Chart(
                    "Local steps between two averagings",
                    new Chart.Series("at most", history.localSteps, false))
                .html()
            : "");
  }

  private static String capital(String name) {
    return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
  }

  private String timeSplit() {
    RoundSeconds spent = history.seconds();
    double all = spent.all();
    if (!(all > 0)) {
      return "";
    }
    return "<h2>Where the rounds' time went</h2><div class=\"card\"><div class=\"split\">%s%s%s</div><span class=\"legend\">%s%s%s</span></div>"
        .formatted(
            part(0, spent.compute() / all),
            part(1, spent.exchange() / all),
            part(2, spent.scheduling() / all),
            share(0, "local passes", spent.compute(), all),
            share(1, "exchange", spent.exchange(), all),
            share(2, "scheduling and waiting", spent.scheduling(), all));
  }

  private static String part(int color, double share) {
    return Html.format("<i class=\"c%d\" style=\"width:%.2f%%\"></i>", color, 100 * share);
  }

  private static String share(int color, String words, double seconds, double all) {
    return Html.format(
        "<span><i class=\"c%d\"></i>%s <b>%.1f s</b> (%.0f %%)</span>",
        color, words, seconds, 100 * seconds / all);
  }

  private String scoreSections() {
    return scores.entrySet().stream()
        .map(
            entry ->
                "<h2>Test scores%s</h2>%n%s"
                    .formatted(
                        scores.size() == 1 ? "" : " of " + Html.escape(entry.getKey()),
                        entry.getValue().html()))
        .collect(Collectors.joining());
  }
}
