package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import dev.braid.driver.source.SourceFacts.Input;
import dev.braid.worker.data.RowLayout.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a table's columns are taken for, as a job file says it: one input and one label, or several
 * of either by name.
 *
 * @param inputs by name, in the order of the network's; columns are null for all that are no labels
 * @param outputs by name, in the order of the network's
 * @param named whether the job file names inputs and outputs itself
 */
record TableColumns(Map<String, NamedInput> inputs, Map<String, NamedOutput> outputs, Named named) {

  /** Which sides have names of their own; the settings are called otherwise where they have. */
  record Named(boolean inputs, boolean outputs) {}

  /**
   * From a source's settings, each of which may be null.
   *
   * @throws IllegalArgumentException when something is said twice
   */
  static TableColumns of(
      List<String> label,
      List<String> features,
      List<Integer> inputShape,
      Map<String, NamedInput> inputs,
      Map<String, NamedOutput> outputs) {
    require(
        inputs == null || (features == null && inputShape == null),
        "inputs and features or inputShape are both given; inputs say columns and shape themselves");
    require(outputs == null || label == null, "outputs and label are both given; one will do");
    require(inputs == null || !inputs.isEmpty(), "inputs names no input");
    require(outputs == null || !outputs.isEmpty(), "outputs names no output");
    return new TableColumns(
        inputs == null
            ? Map.of(Input.ONLY, new NamedInput(features, inputShape, null))
            : new LinkedHashMap<>(inputs),
        outputs == null
            ? Map.of(Labels.ONLY, new NamedOutput(label, null))
            : new LinkedHashMap<>(outputs),
        new Named(inputs != null, outputs != null));
  }

  /** The setting that names an input's columns. */
  String inputSetting(String setting, String name) {
    return setting + (named.inputs ? ".inputs." + name + ".columns" : ".features");
  }

  /** The setting that names an output's columns. */
  String outputSetting(String setting, String name) {
    return setting + (named.outputs ? ".outputs." + name + ".columns" : ".label");
  }

  /**
   * The inputs.
   *
   * @param widths how many numbers each has
   * @throws IllegalArgumentException if a shape asks for more or fewer
   */
  List<Input> inputs(List<Integer> widths) {
    List<Input> found = new ArrayList<>();
    inputs.forEach(
        (name, input) -> {
          Input plain = Input.of(input.shape(), widths.get(found.size()), Kind.FLOAT);
          found.add(new Input(name, plain.shape(), plain.kind(), input.masked()));
        });
    return found;
  }

  /** Per input the numbers in a time step that may be missing, 0 where none may. */
  int[] maskedSteps() {
    return inputs.values().stream().mapToInt(NamedInput::maskedStep).toArray();
  }
}
