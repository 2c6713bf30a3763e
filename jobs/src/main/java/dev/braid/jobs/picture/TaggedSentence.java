package dev.braid.jobs.picture;

import dev.braid.driver.evaluation.MistakenExample;
import dev.braid.jobs.chart.Html;
import dev.braid.worker.encoding.Letters;
import dev.braid.worker.encoding.TextEncoding;
import dev.braid.worker.model.ModelDescription;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.task.AnswerDetail;
import dev.braid.worker.task.LabelCodec;
import dev.braid.worker.task.tagging.Entity;
import dev.braid.worker.task.tagging.TagScheme;
import dev.braid.worker.task.tagging.TaggingTask;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A sentence with the entities that are there and those that were marked.
 *
 * @param words in their order
 * @param actual what is there
 * @param marked what was answered
 */
record TaggedSentence(List<String> words, List<Entity> actual, List<Entity> marked) {

  /** Whether some input of a model is a text, whose words can be shown. */
  static boolean canShow(ModelDescription model) {
    return shown(model).isPresent();
  }

  /**
   * The input whose words are shown: by their letters, as they are written, where these are one.
   */
  private static Optional<Integer> shown(ModelDescription model) {
    List<Integer> texts =
        IntStream.range(0, model.inputs().size())
            .boxed()
            .filter(i -> text(model, i) != null)
            .toList();
    Optional<Integer> letters =
        texts.stream().filter(i -> text(model, i) instanceof Letters).findFirst();
    return letters.or(() -> texts.stream().findFirst());
  }

  private static TextEncoding text(ModelDescription model, int input) {
    ModelDescription.Input of = model.inputs().get(input);
    return of.encoding() != null
            && of.encoding().isRagged()
            && of.encoding().sequence() instanceof TextEncoding text
        ? text
        : null;
  }

  /** The sentence of an example. */
  static TaggedSentence of(MistakenExample example, ModelDescription model, int output) {
    ModelDescription.Labels labels = model.labels().get(output);
    LabelCodec codec = labels.task().codec(labels.classes());
    List<String> actual = new ArrayList<>();
    for (Float label : example.mistake().label()) {
      actual.add(label.isNaN() ? null : codec.text(label));
    }
    while (!actual.isEmpty() && actual.get(actual.size() - 1) == null) { // padding
      actual.remove(actual.size() - 1);
    }
    List<String> marked = marked(example, model, output, actual.size());
    TagScheme scheme = ((TaggingTask) labels.task()).schemeOf(labels.classes());
    int input = shown(model).orElseThrow();
    return new TaggedSentence(
        words(text(model, input), example.inputs().get(input)),
        entities(scheme, actual, marked),
        entities(scheme, marked, actual));
  }

  private static List<String> marked(
      MistakenExample example, ModelDescription model, int output, int steps) {
    OutputPlan plan = model.plan().outputs().get(output);
    float[] numbers = new float[steps * plan.numUnits()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = example.mistake().answer().get(i);
    }
    ModelDescription.Labels labels = model.labels().get(output);
    Object tags =
        labels
            .task()
            .decoder(plan, labels.classes())
            .answer(numbers, steps, new AnswerDetail(0))
            .get(0);
    return ((List<?>) tags).stream().map(String::valueOf).toList();
  }

  /** The entities of tags; where tags mark none, each word that has another tag than it should. */
  private static List<Entity> entities(TagScheme scheme, List<String> tags, List<String> others) {
    if (scheme.marksEntities()) {
      return Entity.of(tags.stream().map(tag -> Objects.requireNonNullElse(tag, "O")).toList());
    }
    return IntStream.range(0, tags.size())
        .filter(i -> tags.get(i) != null && others.get(i) != null)
        .filter(i -> !tags.get(i).equals(others.get(i)))
        .mapToObj(i -> new Entity(tags.get(i), i, i + 1))
        .toList();
  }

  private static List<String> words(TextEncoding text, float[] ids) {
    List<String> words = new ArrayList<>();
    for (int from = 0; from < ids.length; from += text.width()) {
      words.add(text.text(Arrays.copyOfRange(ids, from, from + text.width())));
    }
    return words;
  }

  /** Sentences one below the other, each twice: as it is, and as it was marked. */
  static String html(List<TaggedSentence> sentences) {
    return sentences.stream()
        .map(
            each ->
                "<tr><th>is</th><td>%s</td></tr>%n<tr class=\"end\"><th>marked</th><td>%s</td></tr>"
                    .formatted(
                        each.line(each.actual, each.marked), each.line(each.marked, each.actual)))
        .collect(
            Collectors.joining("\n", "<div class=\"card tagged\"><table>", "</table></div>\n"));
  }

  /** The words with entities in colour: those that are among {@code others} in another one. */
  private String line(List<Entity> entities, List<Entity> others) {
    List<String> parts = new ArrayList<>();
    int at = 0;
    for (Entity entity : entities) {
      parts.add(text(at, entity.from()));
      parts.add(
          "<mark class=\"%s\">%s<small>%s</small></mark>"
              .formatted(
                  others.contains(entity) ? "right" : "wrong",
                  text(entity.from(), entity.to()),
                  Html.escape(entity.type())));
      at = entity.to();
    }
    parts.add(text(at, words.size()));
    return parts.stream().filter(part -> !part.isEmpty()).collect(Collectors.joining(" "));
  }

  private String text(int from, int to) {
    return Html.escape(String.join(" ", words.subList(from, Math.min(to, words.size()))));
  }
}
