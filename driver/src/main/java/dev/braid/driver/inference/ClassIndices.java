package dev.braid.driver.inference;

import dev.braid.worker.encoding.Categories;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The indices of a model's classes by the labels of rows that are scored. */
final class ClassIndices {
  private final Map<String, Integer> byName = new HashMap<>();

  ClassIndices(List<String> classes) {
    for (int i = 0; i < classes.size(); i++) {
      byName.put(classes.get(i), i);
    }
    for (int i = 0; i < classes.size(); i++) {
      byName.putIfAbsent(Categories.name(classes.get(i)), i);
    }
  }

  /**
   * The class's index; null where the label is none of the classes. Whole numbers are the same
   * class however they are written: 7 and 7.0, as programs write it beside missing values.
   */
  Integer of(String label) {
    Integer index = byName.get(label);
    return index != null ? index : byName.get(Categories.name(label));
  }
}
