package dev.braid.jobs.report;

import dev.braid.worker.model.ModelDescription;
import java.util.ArrayList;
import java.util.List;

/** What the numbers of a network's inputs are called on a page. */
final class ColumnNames {
  private ColumnNames() {}

  /**
   * One name for each number of all inputs, in their order: its place where nothing else is known.
   */
  static List<String> of(List<ModelDescription.Input> inputs) {
    List<String> names = new ArrayList<>();
    for (ModelDescription.Input input : inputs) {
      String prefix = inputs.size() == 1 ? "" : input.name() + " ";
      for (int i = 1; i <= input.shape().size(); i++) {
        names.add(prefix + i);
      }
    }
    return names;
  }
}
