package dev.braid.driver.source.column;

import static dev.braid.worker.Check.require;

import dev.braid.worker.encoding.InputEncoding;
import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.shape.Shape;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which columns of a table a model is applied to.
 *
 * @param columns all there are
 * @param use the columns that each input of the model is made of, those that hold what is right for
 *     each of its outputs, and those that go into the output as they are
 * @param keep which go into the output, {@link #FILE} and {@link #ROW} among them
 * @param shapes of the model's inputs
 */
public record InputPlan(List<String> columns, TableUse use, List<String> keep, List<Shape> shapes)
    implements Serializable {
  /** Names the file a row came from. */
  public static final String FILE = "_file";

  /** The row's number in its file, from 1. */
  public static final String ROW = "_row";

  public InputPlan {
    // Not List.copyOf alone: sublists and the like do not travel.
    columns = new ArrayList<>(columns);
    keep = new ArrayList<>(keep);
    shapes = new ArrayList<>(shapes);
    require(new HashSet<>(keep).size() == keep.size(), "keep names a column twice: %s", keep);
  }

  /** The names of the kept columns of a table, each found by its name or number. */
  public static List<String> kept(List<String> columns, Set<String> folders, List<String> keep) {
    List<String> kept = new ArrayList<>();
    for (String name : keep) {
      if (isPlace(name)) {
        kept.add(name);
      } else {
        kept.addAll(Columns.names("keep", columns, folders, List.of(name)));
      }
    }
    return kept;
  }

  /** Those of the kept columns that are read from the input. */
  public static List<String> read(List<String> keep) {
    return keep.stream().filter(name -> !isPlace(name)).toList();
  }

  private static boolean isPlace(String name) {
    return name.equals(FILE) || name.equals(ROW);
  }

  /**
   * Of a format that has one column of a name of its own, for a model of one input.
   *
   * @param feature what it calls its one column
   * @param encoding how the column becomes an input
   * @param labelled whether its rows have labels
   * @throws IllegalArgumentException where the model has more than that
   */
  public static InputPlan ofOne(
      String setting,
      String feature,
      InputEncoding encoding,
      boolean labelled,
      List<String> keep,
      ModelFacts model) {
    require(
        model.inputs().size() == 1,
        "%s: the model has the inputs %s, but rows of this format are one; give a table, and name"
            + " the columns of each by its inputs",
        setting,
        String.join(", ", model.inputNames()));
    require(
        !labelled || model.outputs().size() == 1,
        "%s: the model has the outputs %s, but rows of this format have one label; leave the labels"
            + " out, or give a table and name the columns of each by its outputs",
        setting,
        String.join(", ", model.outputNames()));
    List<String> label = labelled ? List.of(TableColumns.LABEL) : List.of();
    return new InputPlan(
        List.of(),
        new TableUse(
            List.of(encoding),
            List.of(List.of(feature)),
            Collections.nCopies(model.outputs().size(), label),
            read(keep)),
        keep,
        model.shapes());
  }

  /** Of a format whose rows are numbers, and are not kept. */
  public static InputPlan ofNumbers(
      String setting, String feature, boolean labelled, List<String> keep, ModelFacts model) {
    for (String name : keep) {
      require(
          isPlace(name),
          "keep: there is no column '%s'; this format has %s and %s",
          name,
          FILE,
          ROW);
    }
    InputEncoding encoding = InputEncoding.ofNumbers(List.of(feature));
    return ofOne(setting, feature, encoding, labelled, keep, model);
  }

  /** The kept columns that are read from the input. */
  public List<String> keptColumns() {
    return use.kept();
  }

  /** Whether there are columns which hold what is right. */
  public boolean isLabelled() {
    return !use.labels().isEmpty();
  }

  /**
   * Refuses an input of a width the model does not take.
   *
   * @param where a file, for the message
   */
  public void requireFits(String setting, String where, int input, int numbers) {
    Shape shape = shapes.get(input);
    require(
        numbers == shape.size(),
        "%s: a row of %s has %d numbers, but the model takes %s, that is %d; choose its columns by"
            + " features, or another model",
        setting,
        where,
        numbers,
        shape,
        shape.size());
  }
}
