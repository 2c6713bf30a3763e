package dev.braid.driver.source.column;

import static dev.braid.worker.Check.require;

import dev.braid.driver.source.example.Labels;
import dev.braid.driver.source.example.SourceFacts.Input;
import dev.braid.worker.Spelling;
import dev.braid.worker.shape.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What a table's columns are taken for, as a job file says it: one input and one label, or several
 * of either by name.
 *
 * @param inputs by name, in the order of the network's; columns are null for all that are no labels
 * @param outputs by name, in the order of the network's
 * @param settings by column how its values become numbers
 * @param named whether the job file names inputs and outputs itself
 */
public record TableColumns(
    Map<String, NamedInput> inputs,
    Map<String, NamedOutput> outputs,
    Map<String, ColumnSettings> settings,
    Named named) {

  /** What the label is called in formats that do not name it. */
  public static final String LABEL = "label";

  /** Which sides have names of their own; the settings are called otherwise where they have. */
  public record Named(boolean inputs, boolean outputs) {}

  /**
   * From a source's settings, each of which may be null.
   *
   * @throws IllegalArgumentException when something is said twice
   */
  public static TableColumns of(
      List<String> label,
      List<String> features,
      Shape inputShape,
      Map<String, NamedInput> inputs,
      Map<String, NamedOutput> outputs,
      Map<String, ColumnSettings> columns) {
    require(
        inputs == null || (features == null && inputShape == null),
        "inputs and features or inputShape are both given; inputs say columns and shape"
            + " themselves");
    require(outputs == null || label == null, "outputs and label are both given; one will do");
    require(inputs == null || !inputs.isEmpty(), "inputs names no input");
    require(outputs == null || !outputs.isEmpty(), "outputs names no output");
    return new TableColumns(
        inputs == null
            ? Map.of(Input.ONLY, new NamedInput(features, inputShape, null, null, null))
            : new LinkedHashMap<>(inputs),
        outputs == null
            ? Map.of(Labels.ONLY, new NamedOutput(label, null, null))
            : new LinkedHashMap<>(outputs),
        columns == null ? Map.of() : new LinkedHashMap<>(columns),
        new Named(inputs != null, outputs != null));
  }

  /** Of a format whose rows have one column of a name of its own, and a label. */
  public static TableColumns ofOne(String feature, Shape inputShape) {
    return of(List.of(LABEL), List.of(feature), inputShape, null, null, null);
  }

  /** The same without the columns of outputs whose labels are made of the inputs. */
  public TableColumns withoutLabels(Predicate<String> outputsOfInputs) {
    Map<String, NamedOutput> others = new LinkedHashMap<>();
    outputs.forEach(
        (name, output) ->
            others.put(
                name,
                outputsOfInputs.test(name)
                    ? new NamedOutput(List.of(), output.classes(), output.task())
                    : output));
    return new TableColumns(inputs, others, settings, named);
  }

  /** The setting that names an input's columns. */
  String inputSetting(String setting, String name) {
    return setting + (named.inputs ? ".inputs." + name + ".columns" : ".features");
  }

  /** The setting that names an output's columns. */
  String outputSetting(String setting, String name) {
    return setting + (named.outputs ? ".outputs." + name + ".columns" : ".label");
  }

  /** What is said of a column, whichever input reads it. */
  public ColumnSettings settings(String column) {
    return settings.getOrDefault(column, ColumnSettings.NUMBERS);
  }

  /** How the values of a column become numbers that an input, by its place, reads. */
  public ColumnSettings settings(int input, String column) {
    return settings(input, column, ColumnSettings.NUMBERS);
  }

  /** The same, with what a column is for whose values nothing is said of. */
  public ColumnSettings settings(int input, String column, ColumnSettings usual) {
    ColumnSettings own = List.copyOf(inputs.values()).get(input).as();
    return own == null ? settings.getOrDefault(column, usual) : own;
  }

  /**
   * Refuses settings of a column that is no input.
   *
   * @throws IllegalArgumentException naming the column, and the nearest that is one
   */
  public void requireUsed(String setting, Set<String> features) {
    for (String name : settings.keySet()) {
      require(
          features.contains(name),
          "%s.columns: there is no input column '%s'%s",
          setting,
          name,
          Spelling.suggestion(name, features));
    }
  }
}
