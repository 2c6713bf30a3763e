package dev.braid.driver.source.example;

import static dev.braid.worker.Check.require;

import dev.braid.worker.WrongSettings;
import dev.braid.worker.data.RowLayout;
import dev.braid.worker.encoding.InputEncoding;
import dev.braid.worker.encoding.Lengths;
import dev.braid.worker.encoding.Values;
import dev.braid.worker.task.LabelCodec;
import dev.braid.worker.task.Task;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Encodes labelled rows: first the columns that are inputs, then those that are labels. */
public final class RowEncoder implements Serializable {
  private static final long serialVersionUID = 1;

  private final RowLayout layout;
  private final ArrayList<Input> inputs = new ArrayList<>();
  private final ArrayList<Output> outputs = new ArrayList<>();
  private final int numLabels;
  private final String weight;

  /** One input: its columns by name and how they become so many raw numbers. */
  private record Input(ArrayList<String> columns, InputEncoding encoding, int size)
      implements Serializable {}

  /** One output: its columns by name, and what its labels are. */
  private record Output(ArrayList<String> columns, int width, Task task, LabelCodec codec)
      implements Serializable {}

  /**
   * @param facts what is known of the table
   * @param features per input the names of its columns, which come first in a row
   * @param labels per output the names of its columns, which follow; the weight comes behind them
   */
  public RowEncoder(SourceFacts facts, List<List<String>> features, List<List<String>> labels) {
    this.layout = facts.layout();
    for (SourceFacts.Input input : facts.inputs()) {
      List<String> own = features.get(inputs.size());
      InputEncoding encoding =
          input.encoding() == null ? InputEncoding.ofNumbers(own) : input.encoding();
      inputs.add(new Input(new ArrayList<>(own), encoding, input.rawWidth()));
    }
    for (Labels known : facts.outputs()) {
      List<String> own = labels.get(outputs.size());
      outputs.add(new Output(new ArrayList<>(own), known.width(), known.task(), known.codec()));
    }
    this.weight = facts.weight().orElse(null);
    this.numLabels = labels.stream().mapToInt(List::size).sum();
  }

  /**
   * The example of a row's values; several, one after another, where its sequences are split.
   *
   * @throws IllegalArgumentException saying what is wrong with them
   */
  List<byte[]> encode(Object[] values) {
    List<float[]> example = new ArrayList<>();
    int at = 0;
    for (Input input : inputs) {
      example.add(input.encoding.raw(values, at, input.columns, input.size));
      at += input.columns.size();
    }
    float[][] read = example.toArray(new float[0][]);
    requireEqualSteps(read);
    for (Output output : outputs) {
      List<Float> numbers = new ArrayList<>(output.width);
      for (String column : output.columns) {
        addLabels(values[at++], "column '" + column + "'", output, numbers);
      }
      float[] label = output.task.isOfInputs() ? output.codec.ofInputs(read) : floats(numbers);
      requireWidth(output, label.length, read);
      output.codec.requireWhole(label);
      example.add(label);
    }
    if (weight != null) {
      example.add(new float[] {weight(values[at])});
    }
    Lengths split = split();
    return split == null ? List.of(layout.row(example)) : pieces(example, split);
  }

  /** How sequences are split; null where none is. */
  private Lengths split() {
    for (Input input : inputs) {
      if (input.encoding.isRagged() && input.encoding.sequence().lengths().isSplit()) {
        return input.encoding.sequence().lengths();
      }
    }
    return null;
  }

  /**
   * An example in pieces: all its sequences, which have as many steps, and the labels along them
   * are cut at the same steps; what has no steps goes into each piece.
   */
  private List<byte[]> pieces(List<float[]> example, Lengths split) {
    List<List<float[]>> pieces = new ArrayList<>();
    for (int i = 0; i < example.size(); i++) {
      int stepSize = stepSize(i);
      List<float[]> own =
          stepSize == 0 ? List.of(example.get(i)) : split.pieces(example.get(i), stepSize);
      for (int k = 0; stepSize > 0 && k < own.size(); k++) {
        if (pieces.size() == k) {
          pieces.add(new ArrayList<>(example));
        }
        pieces.get(k).set(i, own.get(k));
      }
    }
    return pieces.stream().map(layout::row).toList();
  }

  /** Numbers in each step of an input, or behind these of a label; 0 where it has no steps. */
  private int stepSize(int i) {
    if (i < inputs.size()) {
      InputEncoding encoding = inputs.get(i).encoding;
      return encoding.isRagged() ? encoding.width() : 0;
    }
    boolean alongTime =
        i < inputs.size() + outputs.size() && outputs.get(i - inputs.size()).task.isAlongTime();
    return alongTime ? outputs.get(i - inputs.size()).width : 0;
  }

  /** Refuses sequences that are split together and have more or fewer steps than one another. */
  private void requireEqualSteps(float[][] read) {
    int steps = -1;
    for (int i = 0; split() != null && i < read.length; i++) {
      int own = stepSize(i) == 0 ? steps : read[i].length / stepSize(i);
      require(
          steps < 0 || own == steps,
          "its sequences have %d and %d steps; those of equal length alone are split together",
          steps,
          own);
      steps = own;
    }
  }

  /** Refuses more or fewer labels than there should be: a step's, for each step of the input. */
  private void requireWidth(Output output, int found, float[][] read) {
    if (!output.task.isAlongTime()) {
      require(found == output.width, "it has %d labels, expected %d", found, output.width);
      return;
    }
    for (int i = 0; i < read.length; i++) {
      if (inputs.get(i).encoding.isRagged()) {
        int steps = read[i].length / inputs.get(i).encoding.width();
        require(
            found == steps * output.width,
            "it has %d labels for the %d steps of %s; each step needs %s",
            found,
            steps,
            String.join(", ", inputs.get(i).columns),
            output.width == 1 ? "one" : String.valueOf(output.width));
      }
    }
  }

  private float weight(Object value) {
    if (Values.isMissing(value)) {
      throw new WrongSettings("column '%s' is empty; every row needs a weight".formatted(weight));
    }
    float number = Values.number(value, weight);
    if (!(number >= 0) || Float.isInfinite(number)) {
      throw new WrongSettings(
          "column '%s': a weight is a number of at least 0, not '%s'".formatted(weight, value));
    }
    return number;
  }

  private static float[] floats(List<Float> list) {
    float[] numbers = new float[list.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = list.get(i);
    }
    return numbers;
  }

  private void addLabels(Object value, String place, Output output, List<Float> numbers) {
    if (value == null && numLabels > 1) {
      numbers.addAll(Collections.nCopies(output.width / output.columns.size(), Float.NaN));
      return;
    }
    for (Object label :
        labels(value, place, output.task.isAlongTime() ? 2 : Math.max(numLabels, output.width))) {
      numbers.add(
          Values.isMissing(label) ? Float.NaN : number(Values.text(label), place, output.codec));
    }
  }

  /**
   * The number for a label as it is written.
   *
   * @param place of the label, for messages
   * @throws IllegalArgumentException if it is none of the classes, or not the number it should be
   */
  public static float number(String label, String place, LabelCodec codec) {
    try {
      return codec.number(label);
    } catch (WrongSettings e) {
      throw new WrongSettings(place + ": " + e.getMessage(), e);
    }
  }

  /**
   * The labels in a column's value; one of several may be missing: null, or NaN.
   *
   * @param numLabels in a row
   * @throws IllegalArgumentException if the only one is missing
   */
  public static List<?> labels(Object value, String place, int numLabels) {
    List<?> labels = flat(value);
    if (numLabels == 1 && labels.size() <= 1 && Values.isMissing(value)) {
      throw new WrongSettings(place + " is empty; every row needs a label");
    }
    return labels;
  }

  /** All single values that a value holds, which may be a list of lists. */
  public static List<?> flat(Object value) {
    if (value instanceof float[] numbers) {
      List<Float> list = new ArrayList<>(numbers.length);
      for (float number : numbers) {
        list.add(number);
      }
      return list;
    }
    if (value instanceof List<?> list) {
      List<Object> flat = new ArrayList<>();
      list.forEach(element -> flat.addAll(flat(element)));
      return flat;
    }
    return Arrays.asList(value);
  }
}
