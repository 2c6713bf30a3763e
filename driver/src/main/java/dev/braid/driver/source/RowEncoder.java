package dev.braid.driver.source;

import dev.braid.worker.data.RowLayout;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Row;
import scala.collection.Seq;

/** Encodes the rows of a table: first the columns that are inputs, then those that are labels. */
final class RowEncoder implements Encoder<Row>, Serializable {
  private static final long serialVersionUID = 1;

  private final int rowBytes;
  private final int inputBytes;
  private final int labelWidth;
  private final LabelCoder coder;
  private final String path;
  private final String[] features;
  private final String[] labels;

  /**
   * @param path where the table lies, for messages
   * @param features names of the first columns, for messages
   * @param labels names of the columns that follow; then may come the file and the number of the
   *     row
   */
  RowEncoder(
      String path, RowLayout layout, Labels known, List<String> features, List<String> labels) {
    this.path = path;
    this.rowBytes = layout.numBytes();
    this.labelWidth = known.width();
    this.inputBytes = rowBytes - Float.BYTES * labelWidth;
    this.coder = new LabelCoder(known);
    this.features = features.toArray(String[]::new);
    this.labels = labels.toArray(String[]::new);
  }

  @Override
  public byte[] encode(Row row) {
    ByteBuffer example = ByteBuffer.allocate(rowBytes);
    example.limit(inputBytes);
    for (int i = 0; i < features.length; i++) {
      putNumbers(example, row.get(i), features[i]);
    }
    requireFull(example);
    example.limit(rowBytes);
    for (int i = 0; i < labels.length; i++) {
      putLabels(example, row.get(features.length + i), labels[i]);
    }
    requireFull(example);
    return example.array();
  }

  @Override
  public String place(Row row) {
    int file = features.length + labels.length;
    return row.size() > file + 1
        ? row.getString(file) + ", row " + (row.getLong(file + 1) + 1)
        : path;
  }

  private static void putNumbers(ByteBuffer example, Object value, String column) {
    if (value instanceof Number number) {
      putNumber(example, number.floatValue(), column);
    } else if (value instanceof Boolean flag) {
      putNumber(example, flag ? 1 : 0, column);
    } else if (value instanceof Vector vector) {
      for (double number : vector.toArray()) {
        putNumber(example, (float) number, column);
      }
    } else if (value instanceof Seq<?> values) {
      for (int i = 0; i < values.size(); i++) {
        putNumbers(example, values.apply(i), column);
      }
    } else if (value == null) {
      throw new IllegalArgumentException("column '" + column + "' is empty");
    } else {
      throw new IllegalArgumentException(
          "column '%s' holds '%s', which is not a number".formatted(column, value));
    }
  }

  private static void putNumber(ByteBuffer example, float number, String column) {
    if (!Float.isFinite(number)) {
      throw new IllegalArgumentException("column '" + column + "' is not finite: " + number);
    }
    requireRoom(example);
    example.putFloat(number);
  }

  private void putLabels(ByteBuffer example, Object value, String column) {
    if (value instanceof Seq<?> values) {
      for (int i = 0; i < values.size(); i++) {
        putLabels(example, values.apply(i), column);
      }
      return;
    }
    if (value instanceof Vector vector) {
      for (double number : vector.toArray()) {
        putLabels(example, number, column);
      }
      return;
    }
    requireRoom(example);
    if (value == null && labelWidth > 1) {
      example.putFloat(Float.NaN); // one of several labels is missing
      return;
    }
    if (value == null) {
      throw new IllegalArgumentException(
          "column '%s' is empty; every row needs a label".formatted(column));
    }
    example.putFloat(coder.code(Labels.name(value), "column '" + column + "'"));
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
