package dev.braid.driver.data;

import static dev.braid.worker.Check.require;
import static java.util.stream.Collectors.toSet;

import dev.braid.driver.source.Idx;
import dev.braid.driver.source.Images;
import dev.braid.driver.source.column.NamedOutput;
import dev.braid.driver.source.example.Labels;
import dev.braid.driver.source.example.SourceFacts;
import dev.braid.worker.encoding.Missing;
import dev.braid.worker.encoding.TextEncoding;
import dev.braid.worker.encoding.Values;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.network.OutputPlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * What a network says of the data that it learns from.
 *
 * @param units per output how many it has for each of its positions
 * @param ofNumbers the outputs, by their places, whose loss is one for numbers to predict
 * @param indexInputs the inputs that hold indices of vectors, which no scaling may change: by name,
 *     how many vectors there are
 */
public record NetworkNeeds(
    List<Integer> units, Set<Integer> ofNumbers, Map<String, Integer> indexInputs) {
  /** Of no network. */
  public static final NetworkNeeds NONE = new NetworkNeeds(List.of(), Set.of(), Map.of());

  public NetworkNeeds {
    units = List.copyOf(units);
    ofNumbers = Set.copyOf(ofNumbers);
    indexInputs = Map.copyOf(indexInputs);
  }

  /** Of this network. */
  public static NetworkNeeds of(Blueprint plan) {
    List<OutputPlan> outputs = plan.outputs();
    Set<Integer> ofNumbers =
        IntStream.range(0, outputs.size())
            .filter(i -> outputs.get(i).predictsNumbers())
            .boxed()
            .collect(toSet());
    return new NetworkNeeds(
        outputs.stream().map(NetworkNeeds::numClasses).toList(), ofNumbers, plan.indexInputs());
  }

  /**
   * Classes that an output's units may stand for; of objects none, as units are not theirs alone.
   */
  private static int numClasses(OutputPlan output) {
    return output.labels() == OutputPlan.Labels.OBJECTS ? 0 : output.numUnits();
  }

  /**
   * Does nothing when there is a vector for each word that the texts among the inputs know.
   *
   * @throws IllegalArgumentException if an embedding is too small for them
   */
  void requireVectors(SourceFacts facts) {
    for (SourceFacts.Input input : facts.inputs()) {
      Integer size = indexInputs.get(input.name());
      if (size != null
          && input.encoding() != null
          && input.encoding().columns().get(0).as() instanceof TextEncoding words
          && !words.isOpen()) {
        int numWords = words.knownWords().size();
        require(
            size >= words.numIds(),
            "network: the embedding that reads the texts has size %,d, but they have %,d known"
                + " words, whose indices begin at %d; set its size to %d or more, or"
                + " data.train.text.maxWords to %d or fewer",
            size,
            numWords,
            words.firstId(),
            words.numIds(),
            Math.max(1, size - words.firstId()));
      }
    }
  }

  /**
   * Does nothing when labels that are numbers are said to be classes, or cannot be numbers to
   * predict.
   *
   * @throws IllegalArgumentException naming the setting that says what they are
   */
  void requireToldApart(DataSettings settings, SourceFacts facts) {
    if (settings.task() != null
        || settings.division().source() instanceof Idx
        || settings.division().source() instanceof Images) { // their numbers are names of classes
      return;
    }
    List<NamedOutput> wanted =
        List.copyOf(settings.division().source().wanted().outputs().values());
    for (int i = 0; i < wanted.size(); i++) {
      Set<String> texts = new TreeSet<>(facts.outputs().get(i).classes());
      boolean numbers = texts.removeIf(Values::isNumber);
      boolean told = wanted.get(i).task() != null || wanted.get(i).classes() != null;
      if (numbers && !told && settings.classes() == null) {
        require(
            texts.isEmpty() || !Missing.MARKS.containsAll(texts),
            "data.train: the labels in %s are numbers and %s, which stands for a missing one; leave"
                + " out the rows without a label, or set data.task to classification",
            wanted.get(i).columns(),
            String.join(", ", texts));
        requireAlike(wanted.get(i).columns(), facts.outputs().get(i).classes());
        require(
            !ofNumbers.contains(i),
            "data.train: the labels in %s are numbers, and the loss is one for numbers; are they"
                + " classes or numbers to predict? set data.task to classification or regression",
            wanted.get(i).columns());
      }
    }
  }

  /** One class for each number, however it is written. */
  private static void requireAlike(List<String> columns, List<String> classes) {
    Map<Double, String> written = new HashMap<>();
    for (String name : classes) {
      String other = Values.isNumber(name) ? written.put(Double.parseDouble(name), name) : null;
      require(
          other == null,
          "data.train: the labels in %s have '%s' and '%s', which is one number; write it one way,"
              + " or set data.task to classification if they are two classes",
          columns,
          other,
          name);
    }
  }

  /**
   * Does nothing when the network leaves out the time steps that the data may lack.
   *
   * @throws IllegalArgumentException naming the input
   */
  public static void requireMasks(Blueprint plan, List<SourceFacts.Input> inputs) {
    List<String> names = List.copyOf(plan.inputs().keySet());
    for (int i = 0; i < inputs.size(); i++) {
      require(
          !inputs.get(i).masked() || plan.leavesOutSteps(names.get(i)),
          "input '%s' is masked: true, but only DL4J's own recurrent networks leave out missing"
              + " time steps; fill them in, or take the network from a file of DL4J's",
          inputs.get(i).name());
    }
  }

  /** Facts whose classes of time steps reach as far as the network's units. */
  SourceFacts classesOf(SourceFacts facts) {
    List<Labels> outputs = new ArrayList<>();
    for (Labels labels : facts.outputs()) {
      int i = outputs.size();
      outputs.add(i < units.size() ? labels.upTo(units.get(i)) : labels);
    }
    return facts.withOutputs(outputs);
  }
}
