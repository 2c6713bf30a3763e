package dev.braid.driver.source;

import java.util.List;
import org.apache.spark.ml.linalg.Vector;
import scala.collection.Seq;

/** Collects the numbers of one input, column by column, and says what is wrong with them. */
final class Numbers {
  private final List<Integer> shape;
  private final float[] values;
  private int count;

  /**
   * @param shape of an input of the model
   */
  Numbers(List<Integer> shape, int width) {
    this.shape = shape;
    this.values = new float[width];
  }

  /** A number. */
  void add(float number, String column) {
    requireFinite(number, column);
    if (count < values.length) {
      values[count] = number;
    }
    count++;
  }

  /** Numbers, all at once. */
  void addAll(float[] numbers, String column) {
    for (float number : numbers) {
      requireFinite(number, column);
    }
    int room = Math.max(0, values.length - count);
    System.arraycopy(
        numbers, 0, values, Math.min(count, values.length), Math.min(room, numbers.length));
    count += numbers.length;
  }

  private static void requireFinite(float number, String column) {
    if (!Float.isFinite(number)) {
      throw new IllegalArgumentException("column '%s' is not finite: %s".formatted(column, number));
    }
  }

  /** A number written as text; null or blank is missing. */
  void addText(String text, String column) {
    if (text == null || text.isBlank()) {
      throw new IllegalArgumentException("column '%s' is empty".formatted(column));
    }
    try {
      add(Float.parseFloat(text), column);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "column '%s' holds '%s', which is not a number".formatted(column, text), e);
    }
  }

  /** What a cell of a table holds: a number, a list of them, a vector, or bytes from 0 to 255. */
  void addCell(Object value, String column) {
    if (value instanceof Number number) {
      add(number.floatValue(), column);
    } else if (value instanceof Seq<?> list) {
      for (scala.collection.Iterator<?> it = list.iterator(); it.hasNext(); ) {
        addCell(it.next(), column);
      }
    } else if (value instanceof byte[] bytes) {
      for (byte number : bytes) {
        add(number & 0xFF, column);
      }
    } else if (value instanceof Vector vector) {
      for (double number : vector.toArray()) {
        add((float) number, column);
      }
    } else if (value instanceof Boolean flag) {
      add(flag ? 1 : 0, column);
    } else {
      addText(value == null ? null : value.toString(), column);
    }
  }

  /**
   * All of them.
   *
   * @throws IllegalArgumentException if there are fewer or more than the model takes
   */
  float[] all() {
    if (count != values.length) {
      throw new IllegalArgumentException(
          "%d numbers, but the model takes %s, that is %d".formatted(count, shape, values.length));
    }
    return values;
  }
}
