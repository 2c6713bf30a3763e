package dev.braid.driver.source.column;

import static dev.braid.worker.Check.require;

import dev.braid.worker.encoding.InputEncoding;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which columns of the input are asked for, by name, and what the model wants.
 *
 * @param columns all there are
 * @param features which make up an input, in order
 * @param label which holds what is right; null for none
 * @param keep which go into the output, {@link #FILE} and {@link #ROW} among them
 * @param shape of an input of the model
 * @param encoding how the features become an input
 */
public record InputPlan(
    List<String> columns,
    List<String> features,
    String label,
    List<String> keep,
    List<Integer> shape,
    InputEncoding encoding)
    implements Serializable {
  /** Names the file a row came from. */
  public static final String FILE = "_file";

  /** The row's number in its file, from 1. */
  public static final String ROW = "_row";

  private static final Set<String> OWN =
      Set.of("prediction", "predictionIndex", "probabilities", "top", "modelSha256", "batch");

  public InputPlan {
    // Not List.copyOf alone: sublists and the like do not travel.
    columns = new ArrayList<>(columns);
    features = new ArrayList<>(features);
    keep = new ArrayList<>(keep);
    shape = new ArrayList<>(shape);
    require(new HashSet<>(keep).size() == keep.size(), "keep names a column twice: %s", keep);
    for (String name : keep) {
      require(
          !OWN.contains(name), "keep: the output has a column '%s' of its own; rename it", name);
    }
  }

  /** Finds the columns of a table; without {@code features} all that are neither label nor kept. */
  public static InputPlan ofTable(
      String setting,
      List<String> columns,
      Set<String> folders,
      List<String> features,
      String label,
      List<String> keep,
      List<Integer> shape) {
    List<String> labels =
        label == null
            ? List.of()
            : Columns.names(setting + ".label", columns, folders, List.of(label));
    List<String> kept = new ArrayList<>();
    for (String name : keep) {
      if (name.equals(FILE) || name.equals(ROW)) {
        kept.add(name);
      } else {
        kept.addAll(Columns.names("keep", columns, folders, List.of(name)));
      }
    }
    List<String> inputs =
        features != null
            ? Columns.names(setting + ".features", columns, folders, features)
            : columns.stream()
                .filter(name -> !labels.contains(name) && !kept.contains(name))
                .toList();
    require(!inputs.isEmpty(), "%s: no column is left for the inputs", setting);
    return new InputPlan(
        columns, inputs, labels.isEmpty() ? null : labels.get(0), kept, shape, null);
  }

  /** The same with features that are encoded so. */
  public InputPlan of(List<String> features, InputEncoding encoding) {
    return new InputPlan(columns, features, label, keep, shape, encoding);
  }

  /**
   * Of a format whose rows are not kept.
   *
   * @param feature what it calls its one column of numbers
   */
  public static InputPlan ofNumbers(
      String feature, boolean labelled, List<String> keep, List<Integer> shape) {
    for (String name : keep) {
      require(
          name.equals(FILE) || name.equals(ROW),
          "keep: there is no column '%s'; this format has %s and %s",
          name,
          FILE,
          ROW);
    }
    List<String> features = List.of(feature);
    return new InputPlan(
        List.of(),
        features,
        labelled ? TableColumns.LABEL : null,
        keep,
        shape,
        InputEncoding.ofNumbers(features));
  }

  /** Numbers in an input. */
  public int width() {
    return shape.stream().reduce(1, Math::multiplyExact);
  }

  /** The kept columns that are read from the input. */
  public List<String> keptColumns() {
    return keep.stream().filter(name -> !name.equals(FILE) && !name.equals(ROW)).toList();
  }

  /**
   * Refuses an input of a width the model does not take.
   *
   * @param where a file, for the message
   */
  public void requireFits(String setting, String where, int numbers) {
    require(
        numbers == width(),
        "%s: a row of %s has %d numbers, but the model takes %s, that is %d; choose its columns by"
            + " features, or another model",
        setting,
        where,
        numbers,
        shape,
        width());
  }
}
