package dev.braid.jobs.page;

import dev.braid.driver.inference.Drift;
import dev.braid.driver.inference.InferenceRun;
import dev.braid.driver.inference.output.Counts;
import dev.braid.jobs.chart.Html;
import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.model.Reference.Moments;
import dev.braid.worker.task.Tasks;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The page a scoring leaves.
 *
 * @param page what it has in common with others
 * @param run what was scored, and with what
 * @param outcome what came of it
 */
public record ScoringPage(Page page, InferenceRun run, InferenceRun.Outcome outcome) {

  /** The page. */
  public String html() {
    AnswersSection answers = new AnswersSection(facts(), counts());
    return page.with(
        warnings(),
        answers.html(),
        AnswersSection.confidence(outcome.survey().confidence()),
        inputs(),
        reasons(),
        scores(),
        new SampleRowsSection(run, outcome.survey().rows(), inputNames()).html());
  }

  private ModelFacts facts() {
    return run.facts();
  }

  private Counts counts() {
    return outcome.counts();
  }

  private String warnings() {
    return Drift.of(facts(), counts()).map(Drift::warnings).orElse(List.of()).stream()
        .map(words -> "<p class=\"card warning\">%s</p>".formatted(Html.escape(words)))
        .collect(Collectors.joining("\n"));
  }

  /** Names of an input's numbers; none where they are not known. */
  private List<String> inputNames() {
    return facts().input().encoding() == null
        ? List.of()
        : ColumnNames.of(facts().input().encoding());
  }

  /** The inputs whose means have moved most since the training. */
  private String inputs() {
    if (facts().reference() == null || counts().rows() == 0) {
      return "";
    }
    List<Moments> before = facts().reference().inputs();
    List<String> names = inputNames();
    return "<h2>How far the inputs are from the training's</h2>"
        + new MeansTable(counts().inputSums(), counts().rows(), before)
            .html(
                i ->
                    before.size() == 1 && facts().inputWidth() > 1
                        ? "mean of the inputs"
                        : names.size() == before.size() ? names.get(i) : "input " + (i + 1));
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
                        Html.escape(SampleRowsSection.lastPart(entry.getValue().place())),
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
            + new ScoreTables(Tasks.metrics(counts().metrics()), facts().output().classes()).html();
  }
}
