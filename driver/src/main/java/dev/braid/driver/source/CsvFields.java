package dev.braid.driver.source;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import scala.Tuple2;

/** The fields of a CSV row that are of use, and what must hold for them. */
final class CsvFields implements Serializable {
  private static final long serialVersionUID = 1;

  private final String[] names;
  private final int[] features;
  private final int[] labels;
  private final int[] outputs;
  private final boolean[] alone;
  private final int[] maskedSteps;
  private final int[] ends;

  /**
   * @param names of all columns
   * @param columns which are of use
   * @param maskedSteps per input the numbers in a time step that may be missing, 0 where none may
   */
  CsvFields(List<String> names, Columns columns, int[] maskedSteps) {
    this.names = names.toArray(String[]::new);
    this.features = columns.features().stream().mapToInt(Integer::intValue).toArray();
    this.labels = columns.labels().stream().mapToInt(Integer::intValue).toArray();
    this.outputs = new int[labels.length];
    this.alone = new boolean[labels.length];
    int label = 0;
    for (int output = 0; output < columns.outputs().size(); output++) {
      int width = columns.outputs().get(output).size();
      Arrays.fill(outputs, label, label + width, output);
      Arrays.fill(alone, label, label + width, labels.length == 1);
      label += width;
    }
    this.maskedSteps = maskedSteps.clone();
    this.ends = new int[maskedSteps.length];
    for (int i = 0; i < ends.length; i++) {
      ends[i] = (i == 0 ? 0 : ends[i - 1]) + columns.inputs().get(i).size();
    }
  }

  int numFeatures() {
    return features.length;
  }

  int numLabels() {
    return labels.length;
  }

  /** The output that label {@code i} belongs to. */
  int output(int i) {
    return outputs[i];
  }

  /**
   * Refuses short and long rows.
   *
   * @throws IllegalArgumentException if there are more or fewer fields than names
   */
  void requireAll(String[] row) {
    if (row.length != names.length) {
      throw new IllegalArgumentException(
          "%d fields, expected %d".formatted(row.length, names.length));
    }
  }

  /**
   * The number in feature {@code i} of a row; NaN where its time step is missing and may be.
   *
   * @throws IllegalArgumentException if there is none
   */
  float feature(String[] row, int i) {
    String field = row[features[i]];
    if (field == null) {
      if (isMissing(row, i)) {
        return Float.NaN;
      }
      throw problem(features[i], "is empty");
    }
    try {
      float number = Float.parseFloat(field);
      if (!Float.isFinite(number)) {
        throw problem(features[i], "is not finite: " + field);
      }
      return number;
    } catch (NumberFormatException e) {
      throw problem(features[i], "holds '%s', which is not a number".formatted(field));
    }
  }

  /**
   * Whether feature {@code i} belongs to a time step that may be missing, and is: all its fields
   * are empty.
   */
  private boolean isMissing(String[] row, int i) {
    int input = 0;
    while (i >= ends[input]) {
      input++;
    }
    int step = maskedSteps[input];
    if (step == 0) {
      return false;
    }
    int first = input == 0 ? 0 : ends[input - 1];
    int from = i - (i - first) % step;
    for (int k = from; k < from + step; k++) {
      if (row[features[k]] != null) {
        return false;
      }
    }
    return true;
  }

  /**
   * Label {@code i} of a row; null where one of several is missing.
   *
   * @throws IllegalArgumentException if the only one is missing
   */
  String label(String[] row, int i) {
    String field = row[labels[i]];
    if (field == null && alone[i]) {
      throw problem(labels[i], "is empty; every row needs a label");
    }
    return field;
  }

  /** The labels that are in a row, whatever else is wrong with it, and their outputs. */
  List<Tuple2<Integer, String>> labels(String[] row) {
    List<Tuple2<Integer, String>> found = new ArrayList<>();
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < row.length && row[labels[i]] != null) {
        found.add(new Tuple2<>(outputs[i], row[labels[i]]));
      }
    }
    return found;
  }

  /** {@code "column 'x'"}. */
  String labelName(int i) {
    return "column '" + names[labels[i]] + "'";
  }

  private IllegalArgumentException problem(int column, String words) {
    return new IllegalArgumentException("column '%s' %s".formatted(names[column], words));
  }
}
