package dev.braid.worker.data;

import static dev.braid.worker.Check.require;

import java.io.Serializable;
import java.util.List;
import java.util.stream.Stream;

/**
 * How one example lies in a row of bytes: its inputs, then its labels. Bytes lie as they are,
 * floats as big-endian IEEE 754. Equal examples have equal rows.
 *
 * @param inputs one field per input of the network
 * @param labels one field per output; empty when there are no labels
 */
public record RowLayout(List<Field> inputs, List<Field> labels) implements Serializable {
  public RowLayout {
    inputs = List.copyOf(inputs);
    labels = List.copyOf(labels);
    require(!inputs.isEmpty(), "an example needs at least one input");
  }

  /** Bytes of one row. */
  public int numBytes() {
    return fields().mapToInt(Field::numBytes).reduce(0, Math::addExact);
  }

  /** Inputs, then labels. */
  Stream<Field> fields() {
    return Stream.concat(inputs.stream(), labels.stream());
  }

  /**
   * One input or label of an example.
   *
   * @param width how many numbers
   * @param kind how each is written
   */
  public record Field(int width, Kind kind) implements Serializable {
    public Field {
      require(width > 0, "a field's width must be at least 1, got %d", width);
    }

    int numBytes() {
      return Math.multiplyExact(width, kind == Kind.BYTE ? 1 : Float.BYTES);
    }
  }

  /** How a number is written. */
  public enum Kind {
    /** A whole number from 0 to 255. */
    BYTE,
    /** A number in single precision. */
    FLOAT
  }
}
