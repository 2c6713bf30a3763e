package dev.braid.driver.source.table;

import static dev.braid.worker.Check.require;

import dev.braid.driver.source.column.ColumnSettings;
import dev.braid.driver.source.column.NamedInput;
import dev.braid.driver.source.column.TableColumns;
import dev.braid.worker.Spelling;
import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.model.ModelDescription.Input;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a job file's settings say of the columns that a model is applied to.
 *
 * @param inputs per input of the model
 * @param labels per output of the model
 */
record ModelColumns(List<Asked> inputs, List<Asked> labels) {

  /**
   * Columns for an input or an output.
   *
   * @param setting that names them
   * @param columns by name, number or range; null where the settings name none
   */
  record Asked(String setting, List<String> columns) {}

  /**
   * Reads the settings.
   *
   * @param setting the table's section
   * @throws IllegalArgumentException where they do not fit the model
   */
  static ModelColumns of(String setting, TableColumns wanted, ModelFacts model) {
    require(
        wanted.settings().values().stream().allMatch(ColumnSettings::sayOnlyWhere),
        "%s.columns: the model's file says how columns become numbers; leave it out, or say where"
            + " pictures or texts lie: {picture: {base: folder}}, {text: {file: true, base:"
            + " folder}}",
        setting);
    return new ModelColumns(
        wanted.named().inputs() ? named(setting, wanted, model) : unnamed(setting, wanted, model),
        labels(setting, wanted, model));
  }

  private static List<Asked> unnamed(String setting, TableColumns wanted, ModelFacts model) {
    List<String> columns = wanted.inputs().values().iterator().next().columns();
    if (model.inputs().size() == 1) {
      return List.of(new Asked(setting + ".features", columns));
    }
    require(
        model.inputs().stream().allMatch(input -> isKnown(input, columns)),
        "%s: the model has the inputs %s; name the columns of each by inputs",
        setting,
        String.join(", ", model.inputNames()));
    return model.inputs().stream().map(input -> asked(setting, input, null)).toList();
  }

  /** Whether the model's file says an input's columns, and the settings do not speak of others. */
  private static boolean isKnown(Input input, List<String> columns) {
    return input.encoding() != null
        && (columns == null || columns.containsAll(input.encoding().names()));
  }

  private static List<Asked> named(String setting, TableColumns wanted, ModelFacts model) {
    requireKnown(setting + ".inputs", "input", wanted.inputs().keySet(), model.inputNames());
    List<Asked> asked = new ArrayList<>();
    for (Input input : model.inputs()) {
      NamedInput own = wanted.inputs().get(input.name());
      require(
          own != null || input.encoding() != null,
          "%s.inputs: the model reads '%s' too, and its file does not say from which columns; name"
              + " them",
          setting,
          input.name());
      boolean masked = input.encoding() != null && input.encoding().maskedStep() > 0;
      require(
          own == null || !own.masked() || masked,
          "%s.inputs.%s.masked: the model was trained without missing time steps; leave it out",
          setting,
          input.name());
      asked.add(asked(setting, input, own));
    }
    return asked;
  }

  private static Asked asked(String setting, Input input, NamedInput own) {
    return new Asked(
        "%s.inputs.%s.columns".formatted(setting, input.name()),
        own == null ? null : own.columns());
  }

  private static List<Asked> labels(String setting, TableColumns wanted, ModelFacts model) {
    if (!wanted.named().outputs()) {
      List<String> columns = wanted.outputs().values().iterator().next().columns();
      require(
          columns == null || model.outputs().size() == 1,
          "%s.label: the model has the outputs %s; name the columns of each by outputs",
          setting,
          String.join(", ", model.outputNames()));
      return model.outputs().stream().map(o -> new Asked(setting + ".label", columns)).toList();
    }
    requireKnown(setting + ".outputs", "output", wanted.outputs().keySet(), model.outputNames());
    List<Asked> asked = new ArrayList<>();
    for (String output : model.outputNames()) {
      List<String> columns =
          wanted.outputs().containsKey(output) ? wanted.outputs().get(output).columns() : null;
      asked.add(new Asked("%s.outputs.%s.columns".formatted(setting, output), columns));
    }
    return asked;
  }

  private static void requireKnown(
      String setting, String what, Set<String> named, List<String> known) {
    for (String name : named) {
      require(
          known.contains(name),
          "%s: the model has no %s '%s'%s; it has %s",
          setting,
          what,
          name,
          Spelling.suggestion(name, known),
          String.join(", ", known));
    }
  }
}
