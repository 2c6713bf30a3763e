package dev.braid.worker.task.tagging;

import static dev.braid.worker.Check.require;

import dev.braid.worker.task.ClassCodec;
import dev.braid.worker.task.LabelCodec;
import java.util.List;
import java.util.stream.IntStream;

/** Labels that are the tags of a sentence, of which each must be one that may stand there. */
record TagCodec(ClassCodec tags, TagScheme scheme) implements LabelCodec {
  @Override
  public float number(String label) {
    return tags.number(label);
  }

  @Override
  public String text(float number) {
    return tags.text(number);
  }

  @Override
  public void requireWhole(float[] numbers) {
    require(numbers.length > 0, "the sentence is empty: it has no tags");
    List<String> names =
        IntStream.range(0, numbers.length)
            .mapToObj(i -> Float.isNaN(numbers[i]) ? null : text(numbers[i]))
            .toList();
    int illegal = scheme.firstIllegal(names);
    require(
        illegal < 0,
        "word %d of the sentence: %s; mend it, or set tagging.scheme to what the tags are written"
            + " in",
        Math.min(illegal, names.size() - 1) + 1,
        illegal < 0 ? "" : scheme.illegality(names, illegal));
  }
}
