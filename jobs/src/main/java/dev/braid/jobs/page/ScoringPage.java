package dev.braid.jobs.page;

import dev.braid.driver.inference.Drift;
import dev.braid.driver.inference.InferenceRun;
import dev.braid.driver.inference.output.Counts;
import dev.braid.jobs.chart.Html;
import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.model.Reference.Moments;
import java.util.ArrayList;
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
    return page.with(
        warnings(),
        answers(),
        inputs(),
        reasons(),
        scores(),
        new SampleRowsSection(run, outcome.survey().rows(), inputNames()).html());
  }

  private String answers() {
    StringBuilder html = new StringBuilder();
    int output = 0;
    for (ModelFacts.Sums own : facts().predictionSums()) {
      html.append(AnswersSection.of(facts(), counts(), own).html())
          .append(
              AnswersSection.confidence(
                  AnswersSection.title(facts(), own.output()),
                  outcome.survey().confidence(output++)));
    }
    return html.toString();
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

  /** Per input names of its numbers; none where they are not known. */
  private List<List<String>> inputNames() {
    return facts().inputs().stream()
        .map(
            input ->
                input.encoding() == null ? List.<String>of() : ColumnNames.of(input.encoding()))
        .toList();
  }

  /** The inputs whose means have moved most since the training. */
  private String inputs() {
    if (facts().reference() == null || counts().rows() == 0) {
      return "";
    }
    List<Moments> before = facts().reference().inputs();
    List<String> names = meanNames();
    return before.size() != names.size()
        ? ""
        : "<h2>How far the inputs are from the training's</h2>"
            + new MeansTable(counts().inputSums(), counts().rows(), before).html(names::get);
  }

  /** What the means of all inputs are called: like their columns where these are known. */
  private List<String> meanNames() {
    List<String> names = new ArrayList<>();
    List<List<String>> columns = inputNames();
    for (ModelFacts.InputSums own : facts().inputSums()) {
      List<String> known = columns.get(facts().inputs().indexOf(own.input()));
      for (int i = 0; i < own.to() - own.from(); i++) {
        boolean named = !own.isOfMany() && known.size() == own.to() - own.from();
        String name = Drift.inputName(facts(), own, i);
        names.add(named ? known.get(i) : own.isOfMany() ? "mean of " + name : name);
      }
    }
    return names;
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
    StringBuilder html = new StringBuilder();
    counts()
        .scores(facts())
        .forEach(
            (output, scores) ->
                html.append("<h2>Scores of %,d rows with labels".formatted(counts().labelled()))
                    .append(AnswersSection.title(facts(), output))
                    .append("</h2>\n")
                    .append(new ScoreTables(scores, output.labels().classes()).html()));
    return html.toString();
  }
}
