package dev.braid.driver.source;

import dev.braid.worker.data.Task;
import java.io.Serializable;
import java.util.HashMap;

/** Turns labels as they are written into the numbers a network learns from. */
final class LabelCoder implements Serializable {
  private static final long serialVersionUID = 1;

  private final Labels labels;
  private final HashMap<String, Integer> indices;

  LabelCoder(Labels labels) {
    this.labels = labels;
    this.indices = new HashMap<>(labels.indices());
  }

  /** The number for a label that has no {@link #problem}: a class's index, or the number itself. */
  float code(String label) {
    return labels.task() == Task.CLASSIFICATION ? indices.get(label) : Float.parseFloat(label);
  }

  /** What is wrong with a label; null when nothing is. */
  String problem(String label) {
    if (labels.task() != Task.CLASSIFICATION) {
      return problem(labels.task(), label);
    }
    return indices.containsKey(label) ? null : labels.unknown(label);
  }

  /** What is wrong with a label that is a number; null when nothing is. */
  static String problem(Task task, String label) {
    if (!Labels.isNumber(label)) {
      return "label '%s' is not a number, as data.task %s asks for"
          .formatted(label, task == Task.MULTI_LABEL ? "multiLabel" : "regression");
    }
    double number = Double.parseDouble(label);
    return task == Task.MULTI_LABEL && number != 0 && number != 1
        ? "label '%s' is neither 0 nor 1, as data.task multiLabel asks for".formatted(label)
        : null;
  }
}
