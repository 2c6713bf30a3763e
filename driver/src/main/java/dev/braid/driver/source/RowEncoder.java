package dev.braid.driver.source;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Row;
import scala.collection.Seq;

/** Encodes the rows of a table: first the columns that are inputs, then those that are labels. */
final class RowEncoder implements Encoder<Row>, Serializable {
  private static final long serialVersionUID = 1;

  private final int rowBytes;
  private final String path;
  private final ArrayList<Input> inputs = new ArrayList<>();
  private final ArrayList<Output> outputs = new ArrayList<>();
  private final int numColumns;
  private final int numLabels;

  /**
   * One input: its columns by name, its numbers, and how many of them make a time step that may be
   * missing, 0 where none may.
   */
  private record Input(List<String> columns, int width, int maskedStep) implements Serializable {}

  /** One output: its columns by name, and what its labels are. */
  private record Output(List<String> columns, int width, LabelCoder coder)
      implements Serializable {}

  /**
   * @param path where the table lies, for messages
   * @param facts what is known of the table
   * @param features per input the names of its columns, which come first in a row
   * @param labels per output the names of its columns, which follow; then may come the file and the
   *     number of the row
   */
  RowEncoder(
      String path, SourceFacts facts, List<List<String>> features, List<List<String>> labels) {
    this.path = path;
    this.rowBytes = facts.layout().numBytes();
    int columns = 0;
    for (SourceFacts.Input input : facts.inputs()) {
      List<String> own = features.get(inputs.size());
      inputs.add(new Input(own, input.width(), input.masked() ? input.shape().get(1) : 0));
      columns += own.size();
    }
    for (Labels known : facts.outputs()) {
      List<String> own = labels.get(outputs.size());
      outputs.add(new Output(own, known.width(), new LabelCoder(known)));
      columns += own.size();
    }
    this.numColumns = columns;
    this.numLabels = outputs.stream().mapToInt(Output::width).sum();
  }

  @Override
  public byte[] encode(Row row) {
    ByteBuffer example = ByteBuffer.allocate(rowBytes).limit(0);
    int at = 0;
    for (Input input : inputs) {
      example.limit(example.position() + Float.BYTES * input.width);
      for (String column : input.columns) {
        putColumn(example, row.get(at++), column, input);
      }
      if (input.maskedStep > 0) {
        endSteps(example, input);
      }
      requireFull(example);
    }
    for (Output output : outputs) {
      example.limit(example.position() + Float.BYTES * output.width);
      for (String column : output.columns) {
        putLabels(example, row.get(at++), column, output);
      }
      requireFull(example);
    }
    return example.array();
  }

  @Override
  public String place(Row row) {
    return row.size() > numColumns + 1
        ? row.getString(numColumns) + ", row " + (row.getLong(numColumns + 1) + 1)
        : path;
  }

  private static void putColumn(ByteBuffer example, Object value, String column, Input input) {
    if (value == null && input.maskedStep > 0) {
      putMissing(example, input.width / input.columns.size());
    } else {
      putNumbers(example, value, column, input.maskedStep);
    }
  }

  private static void putMissing(ByteBuffer example, int count) {
    for (int i = 0; i < count; i++) {
      requireRoom(example);
      example.putFloat(Float.NaN);
    }
  }

  /**
   * Ends a sequence that is shorter with missing time steps.
   *
   * @throws IllegalArgumentException when only a part of a time step is missing
   */
  private static void endSteps(ByteBuffer example, Input input) {
    putMissing(example, example.remaining() / Float.BYTES);
    int stepBytes = Float.BYTES * input.maskedStep;
    int first = example.position() - Float.BYTES * input.width;
    for (int i = first; i < example.position(); i += Float.BYTES) {
      int ofStep = i - (i - first) % stepBytes;
      if (Float.isNaN(example.getFloat(i)) != Float.isNaN(example.getFloat(ofStep))) {
        throw new IllegalArgumentException(
            "column '%s': of the %d numbers of a time step only some are missing"
                .formatted(input.columns.get(0), input.maskedStep));
      }
    }
  }

  private static void putNumbers(ByteBuffer example, Object value, String column, int maskedStep) {
    if (value instanceof Number number) {
      putNumber(example, number.floatValue(), column);
    } else if (value instanceof Boolean flag) {
      putNumber(example, flag ? 1 : 0, column);
    } else if (value instanceof Vector vector) {
      for (double number : vector.toArray()) {
        putNumber(example, (float) number, column);
      }
    } else if (value instanceof Seq<?> values) {
      putList(example, values, column, maskedStep);
    } else if (value == null) {
      throw new IllegalArgumentException("column '" + column + "' is empty");
    } else {
      throw new IllegalArgumentException(
          "column '%s' holds '%s', which is not a number".formatted(column, value));
    }
  }

  /** A list within which time steps, or the numbers of one, may be missing. */
  private static void putList(ByteBuffer example, Seq<?> values, String column, int maskedStep) {
    boolean ofSteps = false;
    for (int i = 0; i < values.size(); i++) {
      ofSteps |= values.apply(i) instanceof Seq<?>;
    }
    for (int i = 0; i < values.size(); i++) {
      Object value = values.apply(i);
      if (value == null && maskedStep > 0) {
        putMissing(example, ofSteps ? maskedStep : 1);
      } else {
        putNumbers(example, value, column, maskedStep);
      }
    }
  }

  private static void putNumber(ByteBuffer example, float number, String column) {
    if (!Float.isFinite(number)) {
      throw new IllegalArgumentException("column '" + column + "' is not finite: " + number);
    }
    requireRoom(example);
    example.putFloat(number);
  }

  private void putLabels(ByteBuffer example, Object value, String column, Output output) {
    if (value instanceof Seq<?> values) {
      for (int i = 0; i < values.size(); i++) {
        putLabel(example, values.apply(i), column, output);
      }
      return;
    }
    if (value instanceof Vector vector) {
      for (double number : vector.toArray()) {
        putLabel(example, number, column, output);
      }
      return;
    }
    if (value == null && numLabels > 1) {
      putMissing(example, output.width / output.columns.size());
      return;
    }
    putLabel(example, value, column, output);
  }

  /** One of several labels may be missing: null, or NaN in a column of numbers. */
  private void putLabel(ByteBuffer example, Object value, String column, Output output) {
    if (value instanceof Seq<?>) {
      putLabels(example, value, column, output);
      return;
    }
    requireRoom(example);
    if (Labels.isMissing(value) && numLabels > 1) {
      example.putFloat(Float.NaN);
      return;
    }
    if (value == null) {
      throw new IllegalArgumentException(
          "column '%s' is empty; every row needs a label".formatted(column));
    }
    example.putFloat(output.coder.code(Labels.name(value), "column '" + column + "'"));
  }

  private static void requireRoom(ByteBuffer example) {
    if (!example.hasRemaining()) {
      throw new IllegalArgumentException("it holds more numbers than the first row");
    }
  }

  private static void requireFull(ByteBuffer example) {
    if (example.hasRemaining()) {
      throw new IllegalArgumentException("it holds fewer numbers than the first row");
    }
  }
}
