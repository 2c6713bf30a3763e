package dev.braid.jobs.picture;

import dev.braid.driver.evaluation.MistakenExample;
import dev.braid.jobs.chart.Html;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.encoding.TokenIds;
import dev.braid.worker.generation.Sampling;
import dev.braid.worker.generation.Sampling.Nucleus;
import dev.braid.worker.generation.TextWriter;
import dev.braid.worker.model.Model;
import dev.braid.worker.model.ModelDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Texts that a language model writes, and those that it foresaw least, token by token. */
public final class LanguageModelPicture implements Picture {
  private static final double TEMPERATURE = 0.8;
  private static final int LONG_TEXT = 400;
  private static final int SHORT_TEXTS = 8;
  private static final int SHORT_TEXT = 60;
  private static final int MOST_SURPRISING = 12;

  @Override
  public String task() {
    return "languageModel";
  }

  @Override
  public String mistakesTitle() {
    return "What was foreseen least of the PART texts";
  }

  /** One text of a model that knows no end, else some short ones. */
  @Override
  public String written(Model model) {
    List<String> texts = new ArrayList<>();
    try (TextWriter writer = TextWriter.of(model)) {
      boolean ends = writer.ends();
      for (int seed = 0; seed < (ends ? SHORT_TEXTS : 1); seed++) {
        StringBuilder text = new StringBuilder();
        writer.write(
            writer.usualStart(),
            new Sampling(1, TEMPERATURE, Nucleus.ALL, seed),
            ends ? SHORT_TEXT : LONG_TEXT,
            text::append);
        texts.add(text.toString());
      }
    } catch (WrongSettings e) { // a network that cannot go on from a state
      return "";
    }
    return "<h2>What the model writes</h2><div class=\"card written\">%s<p class=\"note\">At temperature %s, with %s.</p></div>%n"
        .formatted(
            texts.stream()
                .map(text -> "<pre>%s</pre>".formatted(Html.escape(text.strip())))
                .collect(Collectors.joining("\n")),
            TEMPERATURE,
            texts.size() == 1 ? "seed 0" : "the seeds 0 to " + (texts.size() - 1));
  }

  @Override
  public Optional<String> mistakes(
      List<MistakenExample> examples, ModelDescription model, int output) {
    TokenIds tokens = (TokenIds) model.inputs().get(0).encoding().columns().get(0).as();
    return Optional.of(
        examples.stream()
            .limit(MOST_SURPRISING)
            .map(example -> ForeseenText.of(example, tokens).html())
            .collect(
                Collectors.joining(
                    "\n",
                    "<div class=\"card surprising\"><table>",
                    "</table><p class=\"note\">The nats of a token are -ln of the probability that"
                        + " it was given: the more, the darker it is. In front their mean over the"
                        + " whole text.</p></div>\n")));
  }
}
