package dev.braid.worker.data;

import static dev.braid.worker.Check.require;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;

/**
 * How one example lies in a row of bytes: its inputs, then its labels. Bytes lie as they are,
 * floats as big-endian IEEE 754; the number of steps, as an int, comes before those of a field that
 * is ragged. Equal examples have equal rows.
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

  /** Bytes of the row that begins at {@code from}. */
  public int numBytes(ByteBuffer rows, int from) {
    int at = from;
    for (Field field : fields()) {
      at = Math.addExact(at, field.numBytes(field.isRagged() ? rows.getInt(at) : 1));
    }
    return at - from;
  }

  /**
   * The row of an example.
   *
   * @param numbers of each input, then of each label
   */
  public byte[] row(List<float[]> numbers) {
    List<Field> fields = fields();
    require(numbers.size() == fields.size(), "%d of %d fields", numbers.size(), fields.size());
    int bytes = 0;
    for (int i = 0; i < fields.size(); i++) {
      bytes = Math.addExact(bytes, fields.get(i).numBytes(fields.get(i).steps(numbers.get(i))));
    }
    ByteBuffer row = ByteBuffer.allocate(bytes);
    for (int i = 0; i < fields.size(); i++) {
      fields.get(i).put(numbers.get(i), row);
    }
    return row.array();
  }

  /** Inputs, then labels. */
  List<Field> fields() {
    return Stream.concat(inputs.stream(), labels.stream()).toList();
  }

  /**
   * One input or label of an example.
   *
   * @param width how many numbers; where it is ragged, in each of its steps
   * @param kind how each is written
   * @param isRagged whether each example has its own number of steps
   */
  public record Field(int width, Kind kind, boolean isRagged) implements Serializable {
    public Field {
      require(width > 0, "a field's width must be at least 1, got %d", width);
    }

    /** A field with as many numbers in every example. */
    public Field(int width, Kind kind) {
      this(width, kind, false);
    }

    /** How many steps an example's numbers are; 1 where it is not ragged. */
    private int steps(float[] numbers) {
      require(
          isRagged ? numbers.length % width == 0 : numbers.length == width,
          "a field of %d numbers cannot hold %d",
          width,
          numbers.length);
      return numbers.length / width;
    }

    private void put(float[] numbers, ByteBuffer row) {
      if (isRagged) {
        row.putInt(steps(numbers));
      }
      for (float number : numbers) {
        if (kind == Kind.BYTE) {
          row.put((byte) number);
        } else {
          row.putFloat(number);
        }
      }
    }

    /** Bytes of one example's field of so many steps; 1 where it is not ragged. */
    int numBytes(int steps) {
      int numbers = Math.multiplyExact(Math.multiplyExact(width, steps), kind.numBytes());
      return Math.addExact(numbers, isRagged ? Integer.BYTES : 0);
    }
  }

  /** How a number is written. */
  public enum Kind {
    /** A whole number from 0 to 255. */
    BYTE,
    /** A number in single precision. */
    FLOAT;

    int numBytes() {
      return this == BYTE ? Byte.BYTES : Float.BYTES;
    }
  }
}
