package dev.braid.worker.task;

import dev.braid.worker.WrongSettings;
import dev.braid.worker.encoding.Values;

/**
 * Labels that are numbers.
 *
 * @param task whose labels they are, by name, for messages
 */
public record NumberCodec(String task) implements LabelCodec {
  @Override
  public float number(String label) {
    if (!Values.isNumber(label)) {
      throw new WrongSettings(
          "label '%s' is not a number, as data.task %s asks for".formatted(label, task));
    }
    return Float.parseFloat(label);
  }

  @Override
  public String text(float number) {
    return String.valueOf(number);
  }
}
