package dev.braid.driver.source.example;

import dev.braid.worker.WrongSettings;
import dev.braid.worker.data.Task;
import java.io.Serializable;
import java.util.HashMap;

/** Turns labels as they are written into the numbers a network learns from. */
public final class LabelCoder implements Serializable {
  private static final long serialVersionUID = 1;

  private final Labels labels;
  private final HashMap<String, Integer> indices;

  public LabelCoder(Labels labels) {
    this.labels = labels;
    this.indices = new HashMap<>(labels.indices());
  }

  /**
   * The number for a label: a class's index, or the number itself.
   *
   * @param name of the label, for messages
   * @throws IllegalArgumentException if it is none of the classes, or not the number it should be
   */
  public float code(String label, String name) {
    boolean classes = labels.task() == Task.CLASSIFICATION;
    Integer index = classes ? indices.get(label) : null;
    if (index != null) {
      return index;
    }
    String problem = classes ? labels.unknown(label) : problem(labels.task(), label);
    if (problem != null) {
      throw new WrongSettings(name + ": " + problem);
    }
    return Float.parseFloat(label);
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
