package dev.braid.jobs.page;

import dev.braid.driver.evaluation.Mistake;
import dev.braid.driver.evaluation.MistakenExample;
import dev.braid.jobs.chart.Html;
import dev.braid.jobs.chart.InlineImage;
import dev.braid.jobs.chart.Ticks;
import dev.braid.jobs.picture.Picture;
import dev.braid.worker.model.ModelDescription;
import dev.braid.worker.model.ModelDescription.Labels;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.task.AnswerDetail;
import dev.braid.worker.task.Decoder;
import dev.braid.worker.task.LabelCodec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Wrong answers that a network was sure of, with the examples: what is wrong with a network, or
 * with the labels, shows in them.
 *
 * @param examples the surest first
 * @param model whose answers these are
 * @param part the examples are of, as in test
 */
public record MistakesSection(List<MistakenExample> examples, ModelDescription model, String part) {
  private static final int MAX_COLUMNS = 24;

  /** The sections: what the tasks' pictures make of them, and a common form for all others. */
  public String html() {
    Map<String, String> sections = new LinkedHashMap<>();
    List<MistakenExample> others = new ArrayList<>(examples);
    for (int i = 0; i < model.labels().size(); i++) {
      int output = i;
      List<MistakenExample> own =
          examples.stream().filter(each -> output(each.mistake()) == output).toList();
      Picture picture = Picture.of(model.labels().get(i).task().name());
      Optional<String> shown =
          own.isEmpty() ? Optional.empty() : picture.mistakes(own, model, output);
      if (shown.isPresent()) {
        sections.merge(picture.mistakesTitle(), shown.get(), String::concat);
        others.removeAll(own);
      }
    }
    if (!others.isEmpty()) {
      String shown = new MistakesSection(others, model, part).common();
      sections.merge(Picture.SUREST_MISTAKES, shown, String::concat);
    }
    return sections.entrySet().stream()
        .map(section -> "<h2>%s</h2>%n%s".formatted(title(section.getKey()), section.getValue()))
        .collect(Collectors.joining("\n"));
  }

  private String title(String of) {
    return of.replace("PART", part);
  }

  private String common() {
    List<List<Integer>> shapes = model.inputs().stream().map(i -> i.shape().sizes()).toList();
    int picture =
        IntStream.range(0, shapes.size())
            .filter(i -> InlineImage.arePictures(shapes.get(i)))
            .findFirst()
            .orElse(-1);
    boolean looked = picture >= 0 && examples.get(0).inputs().get(picture).length > 0;
    return looked ? pictures(picture, shapes.get(picture)) : rows();
  }

  private String pictures(int input, List<Integer> shape) {
    return examples.stream()
        .map(
            example ->
                "<figure>%s<b>%s</b><span>taken for %s, %.3f</span></figure>"
                    .formatted(
                        InlineImage.img(
                            example.inputs().get(input), shape, actual(example.mistake())),
                        Html.escape(actual(example.mistake())),
                        Html.escape(predicted(example.mistake())),
                        example.mistake().confidence()))
        .collect(Collectors.joining("\n", "<div class=\"card pictures\">", "</div>\n"));
  }

  private String rows() {
    List<String> names = names();
    int shown = Math.min(MAX_COLUMNS, names.size());
    StringBuilder html =
        new StringBuilder(
            "<div class=\"card wide\"><table><tr><th>is</th><th>taken for</th><th>sure</th>");
    names.stream()
        .limit(shown)
        .forEach(name -> html.append("<th>%s</th>".formatted(Html.escape(name))));
    html.append(names.size() > shown ? "<th>\u2026</th>" : "").append("</tr>\n");
    for (MistakenExample example : examples) {
      Mistake mistake = example.mistake();
      html.append(
          "<tr><td><b>%s</b></td><td>%s</td><td>%.3f</td>"
              .formatted(
                  Html.escape(actual(mistake)),
                  Html.escape(predicted(mistake)),
                  mistake.confidence()));
      values(example).stream()
          .limit(shown)
          .forEach(value -> html.append("<td>%s</td>".formatted(Html.escape(value))));
      html.append("</tr>\n");
    }
    return html.append("</table></div>\n").toString();
  }

  /** What {@link #values} are called. */
  private List<String> names() {
    List<String> ofNumbers = ColumnNames.of(model.inputs());
    List<String> names = new ArrayList<>();
    int at = 0;
    for (ModelDescription.Input input : model.inputs()) {
      int size = input.shape().isRagged() ? 1 : input.shape().size();
      if (InputWords.areIn(input)) {
        names.add(input.encoding().names().get(0));
      } else if (input.shape().rank() == 1) {
        names.addAll(ofNumbers.subList(at, at + size));
      }
      at += size;
    }
    return names;
  }

  /** What was read, to be looked at: texts by their words, and lists of numbers. */
  private List<String> values(MistakenExample example) {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < model.inputs().size(); i++) {
      ModelDescription.Input input = model.inputs().get(i);
      float[] numbers = example.inputs().get(i);
      Optional<String> words = InputWords.of(input, numbers);
      if (words.isPresent()) {
        values.add(words.get());
      } else if (input.shape().rank() == 1) {
        for (float number : numbers) {
          values.add(Ticks.format(number));
        }
      }
    }
    return values;
  }

  private String actual(Mistake mistake) {
    Labels labels = model.labels().get(output(mistake));
    LabelCodec codec = labels.task().codec(labels.classes());
    return named(
        mistake,
        mistake.label().stream()
            .map(label -> label.isNaN() ? "" : codec.text(label))
            .collect(Collectors.joining(" "))
            .strip());
  }

  private String predicted(Mistake mistake) {
    int output = output(mistake);
    Labels labels = model.labels().get(output);
    OutputPlan plan = model.plan().outputs().get(output);
    int steps = labels.task().isAlongTime() ? steps(mistake, plan) : 1;
    int size = labels.task().isAlongTime() ? steps * plan.numUnits() : mistake.answer().size();
    float[] numbers = new float[size];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = mistake.answer().get(i);
    }
    Decoder decoder = labels.task().decoder(plan, labels.classes());
    Object answer = decoder.answer(numbers, steps, new AnswerDetail(0)).get(0);
    return named(
        mistake,
        answer instanceof List<?> list
            ? list.stream().map(String::valueOf).collect(Collectors.joining(" "))
            : String.valueOf(answer));
  }

  /** The steps of an example up to the last that has a label; padding has none. */
  private static int steps(Mistake mistake, OutputPlan output) {
    int last = mistake.label().size() - 1;
    while (last > 0 && mistake.label().get(last).isNaN()) {
      last--;
    }
    return last / output.labelWidth() + 1;
  }

  private int output(Mistake mistake) {
    List<OutputPlan> outputs = model.plan().outputs();
    return IntStream.range(0, outputs.size())
        .filter(i -> outputs.get(i).name().equals(mistake.output()))
        .findFirst()
        .orElse(0);
  }

  /** A class, behind the output's name where there are several. */
  private String named(Mistake mistake, String name) {
    return model.labels().size() == 1 ? name : mistake.output() + ": " + name;
  }
}
