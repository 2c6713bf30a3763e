package dev.braid.jobs.page;

import dev.braid.worker.encoding.Categories;
import dev.braid.worker.encoding.EncodedColumn;
import dev.braid.worker.encoding.InputEncoding;
import dev.braid.worker.model.ModelDescription;
import java.util.ArrayList;
import java.util.List;

/** What the numbers of a network's inputs are called on a page. */
final class ColumnNames {
  private ColumnNames() {}

  /**
   * One name for each number of all inputs, in their order, and one for each sequence of any
   * length: its place where its column is not known.
   */
  static List<String> of(List<ModelDescription.Input> inputs) {
    List<String> names = new ArrayList<>();
    for (ModelDescription.Input input : inputs) {
      List<String> columns = input.encoding() == null ? List.of() : of(input.encoding());
      String prefix = inputs.size() == 1 ? "" : input.name() + " ";
      int size = input.shape().isRagged() ? 1 : input.shape().size();
      for (int i = 0; i < size; i++) {
        names.add(columns.size() == size ? columns.get(i) : prefix + (i + 1));
      }
    }
    return names;
  }

  /** One name for each number that a table's columns become. */
  static List<String> of(InputEncoding encoding) {
    List<String> names = new ArrayList<>();
    for (EncodedColumn column : encoding.columns()) {
      int width = Math.max(1, column.width()); // 0 where a column of numbers was not looked into
      for (int i = 0; i < width; i++) {
        names.add(
            column.as() instanceof Categories categories && i < categories.values().size()
                ? column.name() + ": " + categories.values().get(i)
                : width == 1 ? column.name() : column.name() + " " + (i + 1));
      }
    }
    return names;
  }
}
