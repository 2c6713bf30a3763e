package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import dev.braid.worker.data.RowLayout;
import dev.braid.worker.data.RowLayout.Field;
import dev.braid.worker.data.RowLayout.Kind;
import java.util.List;
import java.util.OptionalLong;

/**
 * What is known of a source before Spark reads it.
 *
 * @param inputs one per input of the network
 * @param labels what is to be predicted
 * @param numExamples where it is known without reading everything
 */
public record SourceFacts(List<Input> inputs, Labels labels, OptionalLong numExamples) {
  public SourceFacts {
    inputs = List.copyOf(inputs);
  }

  /** How examples of this source are encoded. */
  RowLayout layout() {
    return new RowLayout(
        inputs.stream().map(input -> new Field(input.width(), input.kind())).toList(),
        List.of(new Field(labels.width(), Kind.FLOAT)));
  }

  /** The same with other labels. */
  public SourceFacts withLabels(Labels labels) {
    return new SourceFacts(inputs, labels, numExamples);
  }

  /**
   * One input of the network.
   *
   * @param shape [features] of a table, [time, features] of a sequence, [channels, height, width]
   *     of an image
   * @param kind how each number is kept
   */
  public record Input(List<Integer> shape, Kind kind) {
    public Input {
      shape = List.copyOf(shape);
      require(
          !shape.isEmpty() && shape.stream().allMatch(size -> size > 0),
          "the sizes of inputShape must be at least 1, got %s",
          shape);
    }

    /**
     * An input of {@code width} numbers.
     *
     * @param shape what the settings take it for; null for [width]
     * @throws IllegalArgumentException if the shape asks for more or fewer numbers
     */
    static Input of(List<Integer> shape, int width, Kind kind) {
      Input input = new Input(shape == null ? List.of(width) : shape, kind);
      require(
          input.width() == width,
          "inputShape %s asks for %d numbers, but an input has %d",
          input.shape(),
          input.width(),
          width);
      return input;
    }

    /** Numbers in one example. */
    public int width() {
      return shape.stream().reduce(1, Math::multiplyExact);
    }
  }
}
