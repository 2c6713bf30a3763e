package dev.braid.driver.source;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/** The fields of a CSV row that are of use, and what must hold for them. */
final class CsvFields implements Serializable {
  private static final long serialVersionUID = 1;

  private final String[] names;
  private final int[] features;
  private final int[] labels;

  CsvFields(List<String> names, Columns columns) {
    this.names = names.toArray(String[]::new);
    this.features = columns.features().stream().mapToInt(Integer::intValue).toArray();
    this.labels = columns.labels().stream().mapToInt(Integer::intValue).toArray();
  }

  int numFeatures() {
    return features.length;
  }

  int numLabels() {
    return labels.length;
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
   * The number in feature {@code i} of a row.
   *
   * @throws IllegalArgumentException if there is none
   */
  float feature(String[] row, int i) {
    String field = row[features[i]];
    if (field == null) {
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
   * Label {@code i} of a row; null where one of several is missing.
   *
   * @throws IllegalArgumentException if the only one is missing
   */
  String label(String[] row, int i) {
    String field = row[labels[i]];
    if (field == null && labels.length == 1) {
      throw problem(labels[i], "is empty; every row needs a label");
    }
    return field;
  }

  /** The labels that are in a row, whatever else is wrong with it. */
  List<String> labels(String[] row) {
    return Arrays.stream(labels)
        .filter(column -> column < row.length && row[column] != null)
        .mapToObj(column -> row[column])
        .toList();
  }

  /** {@code "column 'x'"}. */
  String labelName(int i) {
    return "column '" + names[labels[i]] + "'";
  }

  private IllegalArgumentException problem(int column, String words) {
    return new IllegalArgumentException("column '%s' %s".formatted(names[column], words));
  }
}
