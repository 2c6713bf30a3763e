package dev.braid.driver.inference;

import dev.braid.driver.source.example.RowEncoder;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.encoding.Values;
import dev.braid.worker.model.ModelDescription.Labels;
import dev.braid.worker.task.LabelCodec;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The labels of rows that are scored, as the metrics of an output take them. */
final class GivenLabels {
  private final LabelCodec codec;
  private final boolean ofInputs;
  private final ClassIndices classes;

  GivenLabels(Labels labels) {
    this.codec = labels.task().codec(labels.classes());
    this.ofInputs = labels.task().isOfInputs();
    this.classes = new ClassIndices(labels.task().hasClasses() ? labels.classes() : List.of());
  }

  /** Whether labels are made of the inputs, by {@link #ofInputs}, and stand in no column. */
  boolean areOfInputs() {
    return ofInputs;
  }

  /** The label of a row, where it is made of the inputs. */
  float[] ofInputs(float[][] inputs) {
    return codec.ofInputs(inputs);
  }

  /**
   * A row's label; null where it has none that the model knows. A part that is missing, or that the
   * model does not know, is NaN.
   *
   * @param values of the columns that hold it
   * @param size how many numbers it has
   */
  float[] numbers(Object[] values, int size) {
    List<?> parts = RowEncoder.flat(Arrays.asList(values));
    if (parts.size() != size) {
      return null;
    }
    float[] numbers = new float[parts.size()];
    boolean known = false;
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = Values.isMissing(parts.get(i)) ? Float.NaN : number(Values.text(parts.get(i)));
      known = known || !Float.isNaN(numbers[i]);
    }
    return known && isWhole(numbers) ? numbers : null;
  }

  private boolean isWhole(float[] numbers) {
    try {
      codec.requireWhole(numbers);
      return true;
    } catch (WrongSettings e) {
      return false;
    }
  }

  private float number(String text) {
    Integer index = classes.of(text);
    if (index != null) {
      return index;
    }
    try {
      return codec.number(text);
    } catch (WrongSettings e) {
      return Float.NaN;
    }
  }

  /** A row's label as it was read; null where there is none. */
  static String text(Object[] values) {
    List<?> parts = RowEncoder.flat(Arrays.asList(values));
    return parts.stream().allMatch(Values::isMissing)
        ? null
        : parts.stream()
            .map(part -> Values.isMissing(part) ? "" : Values.text(part))
            .collect(Collectors.joining(", "));
  }
}
