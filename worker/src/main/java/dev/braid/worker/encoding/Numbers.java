package dev.braid.worker.encoding;

import java.util.List;

/**
 * Numbers as they are: one, a list of them, also nested, or bytes, each a number from 0 to 255.
 *
 * @param width how many; 0 where that is not known
 */
public record Numbers(int width) implements ColumnEncoding {
  /** One number. */
  public static final Numbers ONE = new Numbers(1);

  @Override
  public int rawWidth() {
    return width;
  }

  @Override
  public void addRaw(Object value, String column, RawNumbers raw) {
    add(value, column, raw, 0);
  }

  /**
   * Adds what a value holds.
   *
   * @param maskedStep numbers in a time step that may be missing within a list; 0 where none may
   */
  static void add(Object value, String column, RawNumbers raw, int maskedStep) {
    if (value instanceof float[] numbers) {
      for (float number : numbers) {
        raw.add(Values.finite(number, column));
      }
    } else if (value instanceof byte[] bytes) {
      for (byte number : bytes) {
        raw.add(number & 0xFF);
      }
    } else if (value instanceof List<?> list) {
      addList(list, column, raw, maskedStep);
    } else {
      raw.add(Values.number(value, column));
    }
  }

  private static void addList(List<?> list, String column, RawNumbers raw, int maskedStep) {
    boolean ofSteps =
        list.stream().anyMatch(element -> element instanceof List || isArray(element));
    for (Object element : list) {
      if (element != null) {
        add(element, column, raw, maskedStep);
      } else if (maskedStep > 0) {
        raw.addMissing(ofSteps ? maskedStep : 1);
      } else {
        throw Values.empty(column);
      }
    }
  }

  private static boolean isArray(Object element) {
    return element instanceof float[];
  }

  /** How many numbers a value holds; 0 for null. */
  public static int count(Object value) {
    if (value instanceof float[] numbers) {
      return numbers.length;
    }
    if (value instanceof byte[] bytes) {
      return bytes.length;
    }
    if (value instanceof List<?> list) {
      return list.stream().mapToInt(Numbers::count).sum();
    }
    return value == null ? 0 : 1;
  }

  @Override
  public void encode(float[] raw, int from, float[] encoded, int to) {
    System.arraycopy(raw, from, encoded, to, width);
  }

  @Override
  public String description() {
    return width == 1 ? "a number" : width + " numbers";
  }
}
