package dev.braid.driver.data;

import static dev.braid.worker.Check.require;

import dev.braid.driver.source.Source;
import dev.braid.driver.source.column.NamedOutput;
import dev.braid.driver.source.column.StatedClasses;
import dev.braid.driver.source.example.Beside;
import dev.braid.driver.source.example.Inspection;
import dev.braid.driver.source.example.Labels;
import dev.braid.driver.source.example.SourceFacts;
import dev.braid.worker.encoding.InputEncoding;
import dev.braid.worker.task.ClassCodec;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;

/** Checks of the data before any Spark job runs. */
public final class Preflight {
  private Preflight() {}

  /**
   * Looks at all sources of a run: do the files exist, are headers and first rows sound, do the
   * sources fit together?
   *
   * @param network what it says of the training examples
   * @param encodings of the inputs of a model that the run goes on from; empty where none are known
   * @throws IllegalArgumentException naming the file and row, or the setting, that is wrong
   */
  public static DataFacts check(
      DataSettings settings,
      Configuration hadoop,
      Function<SourceFacts, NetworkNeeds> network,
      List<InputEncoding> encodings) {
    Division division = settings.division();
    require(
        division.source() != null,
        "%s is missing: where the training examples lie",
        division.setting(Part.TRAIN));
    Beside beside = settings.beside();
    Map<String, List<String>> classes = classes(settings, hadoop);
    SourceFacts found =
        inspect(
            division.source(),
            new Inspection(
                    hadoop,
                    division.sourceSetting(Part.TRAIN),
                    Optional.ofNullable(settings.task()),
                    Optional.empty())
                .skippingBroken(settings.broken().areAllowed())
                .with(beside)
                .stating(classes)
                .goingOnFrom(encodings));
    requireClasses(classes.keySet(), found.outputs());
    NetworkNeeds needs = network.apply(found);
    needs.requireVectors(found);
    needs.requireToldApart(settings, found);
    SourceFacts train = needs.classesOf(found);
    require(
        !division.draw().stratified() || train.outputs().get(0).tellsClassesApart(),
        "data.parts.stratified: output '%s' does not tell classes apart; leave it out",
        train.outputs().get(0).name());
    Map<Part, SourceFacts> given = new EnumMap<>(Part.class);
    division
        .given()
        .forEach(
            (part, source) ->
                given.put(
                    part,
                    check(
                        source, division.setting(part), hadoop, train, settings.broken(), beside)));
    return new DataFacts(train, given, numTrain(division, train), needs);
  }

  /** By output the classes that the settings state. */
  private static Map<String, List<String>> classes(DataSettings settings, Configuration hadoop) {
    Map<String, NamedOutput> outputs = settings.division().source().wanted().outputs();
    require(
        settings.classes() == null || outputs.size() == 1,
        "data.classes are those of the only output, but there are the outputs %s; give each its"
            + " classes beside its columns",
        String.join(", ", outputs.keySet()));
    Map<String, List<String>> classes = new HashMap<>();
    outputs.forEach(
        (name, output) -> {
          StatedClasses stated = output.classes() == null ? settings.classes() : output.classes();
          if (stated != null) {
            String setting = output.classes() == null ? "data.classes" : name + ".classes";
            classes.put(name, stated.read(setting, hadoop));
          }
        });
    return classes;
  }

  private static void requireClasses(Set<String> stated, List<Labels> outputs) {
    for (Labels labels : outputs) {
      require(
          !stated.contains(labels.name()) || labels.task().hasClasses(),
          "the classes of output '%s' are stated, but its task is %s, which has none; leave one"
              + " out",
          labels.name(),
          labels.task().name());
    }
  }

  /**
   * Looks at a source that a model is scored on.
   *
   * @param setting its section in the job file, for messages
   * @param training what is known of the examples the model learned from
   * @param broken how many of its rows may be left out
   * @param beside columns that say something of rows
   * @return what is known of this source, with the classes of {@code training}
   */
  public static SourceFacts check(
      Source source,
      String setting,
      Configuration hadoop,
      SourceFacts training,
      BrokenRows broken,
      Beside beside) {
    SourceFacts facts =
        inspect(
            source,
            new Inspection(
                    hadoop,
                    setting,
                    Optional.of(training.outputs().get(0).task()),
                    Optional.of(training))
                .skippingBroken(broken.areAllowed())
                .with(beside));
    requireSameInputs(setting, facts, training);
    requireSameNames(setting, "outputs", names(facts.outputs()), names(training.outputs()));
    for (int i = 0; i < facts.outputs().size(); i++) {
      requireSameLabels(setting, facts.outputs().get(i), training.outputs().get(i));
    }
    return facts.withOutputs(training.outputs());
  }

  private static SourceFacts inspect(Source source, Inspection inspection) {
    require(
        inspection.beside().names().isEmpty() || source.hasNamedColumns(),
        "%s: column '%s' is to say something of the rows, but %s has no columns with names; leave"
            + " out data.weight and data.parts.by",
        inspection.setting(),
        String.join("', '", inspection.beside().names()),
        source.kind());
    SourceFacts facts = source.inspect(inspection);
    require(facts.numExamples().orElse(1) > 0, "%s: there are no examples", inspection.setting());
    return facts;
  }

  private static void requireSameInputs(String setting, SourceFacts facts, SourceFacts training) {
    requireSameNames(
        setting,
        "inputs",
        facts.inputs().stream().map(SourceFacts.Input::name).toList(),
        training.inputs().stream().map(SourceFacts.Input::name).toList());
    List<List<Integer>> actual = facts.inputs().stream().map(SourceFacts.Input::shape).toList();
    List<List<Integer>> expected =
        training.inputs().stream().map(SourceFacts.Input::shape).toList();
    require(
        actual.equals(expected),
        "%s: its inputs have shape %s, those of the training examples %s",
        setting,
        actual,
        expected);
  }

  private static List<String> names(List<Labels> outputs) {
    return outputs.stream().map(Labels::name).toList();
  }

  /** Names tell several inputs or outputs apart; a single one may be called anything. */
  private static void requireSameNames(
      String setting, String what, List<String> actual, List<String> expected) {
    require(
        actual.equals(expected) || (actual.size() == 1 && expected.size() == 1),
        "%s: its %s are %s, those of the training examples %s, in this order",
        setting,
        what,
        actual,
        expected);
  }

  private static void requireSameLabels(String setting, Labels actual, Labels expected) {
    require(
        actual.width() == expected.width(),
        "%s: its labels hold %d numbers, those of the training examples %d",
        setting,
        actual.width(),
        expected.width());
    if (!expected.isOpen()) {
      Set<String> known = new HashSet<>(expected.classes());
      for (String name : actual.classes()) {
        require(
            known.contains(name), "%s: %s", setting, ClassCodec.unknown(name, expected.classes()));
      }
    }
  }

  /** Empty also where groups decide how many fall into which part. */
  private static OptionalLong numTrain(Division division, SourceFacts train) {
    if (train.numExamples().isEmpty() || division.shares().size() == 1) {
      return train.numExamples();
    }
    long all = train.numExamples().getAsLong();
    return division.draw().isPlain()
        ? OptionalLong.of(division.end(Part.TRAIN, all) - division.start(Part.TRAIN, all))
        : OptionalLong.empty();
  }
}
