package dev.braid.worker.task.detection;

import static dev.braid.worker.Check.require;

import dev.braid.worker.WrongSettings;
import dev.braid.worker.task.ClassCodec;
import dev.braid.worker.task.LabelCodec;

/** Labels that are the objects of a picture, as {@link BoxLabel} has them. */
record BoxCodec(ClassCodec classes) implements LabelCodec {
  @Override
  public float number(String label) {
    String name = BoxLabel.name(label);
    if (name != null) {
      return classes.number(name);
    }
    try {
      return Float.parseFloat(label);
    } catch (NumberFormatException e) {
      throw new WrongSettings("label '%s' is neither a class nor a number".formatted(label), e);
    }
  }

  @Override
  public String text(float number) {
    return String.valueOf(number);
  }

  @Override
  public void requireWhole(float[] numbers) {
    int count = BoxLabel.count(numbers, 0);
    require(
        count >= 0 && BoxLabel.width(count) <= numbers.length,
        "a label of %d numbers has no room for %d boxes",
        numbers.length,
        count);
    for (LabelledBox box : BoxLabel.objects(numbers, 0)) { // refuses those without an area
      require(box.label() < classes.indices().size(), "there is no class %d", box.label());
    }
  }
}
