package dev.braid.worker.encoding;

import dev.braid.worker.WrongSettings;
import java.math.BigDecimal;

/** What a cell of a table holds, as text and as a number, the same for every format. */
public final class Values {
  /** Up to here every whole number is a double of its own. */
  private static final double MAX_WHOLE = 1L << 53;

  private Values() {}

  /**
   * A value as text: a whole number is written the same way whatever its type.
   *
   * @return null for null
   */
  public static String text(Object value) {
    if (value == null) {
      return null;
    }
    if (value instanceof BigDecimal decimal) {
      return decimal.signum() == 0 ? "0" : decimal.stripTrailingZeros().toPlainString();
    }
    if (value instanceof Double || value instanceof Float) {
      double number = ((Number) value).doubleValue();
      return number % 1 == 0 && Math.abs(number) <= MAX_WHOLE
          ? String.valueOf((long) number)
          : String.valueOf(value);
    }
    return String.valueOf(value);
  }

  /** Whether a text is a finite number as people write it. */
  public static boolean isNumber(String text) {
    try {
      return Double.isFinite(Double.parseDouble(decimal(text)));
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /**
   * Lets decimal numbers pass. Java's own parser takes {@code 3d}, {@code 1f} and {@code 0x1p4} for
   * numbers too, which are names or ids where they occur in a table.
   *
   * @throws NumberFormatException if the text is such a one
   */
  private static String decimal(String text) {
    String plain = text.strip();
    char last = plain.isEmpty() ? ' ' : plain.charAt(plain.length() - 1);
    if ("dDfF".indexOf(last) >= 0 || plain.indexOf('x') >= 0 || plain.indexOf('X') >= 0) {
      throw new NumberFormatException("not decimal: " + text);
    }
    return plain;
  }

  /** Whether a value stands for nothing: null, or a number that is none. */
  public static boolean isMissing(Object value) {
    return value == null
        || (value instanceof Double number && number.isNaN())
        || (value instanceof Float single && single.isNaN());
  }

  /**
   * A single value as a number; text is read as one, and true is 1.
   *
   * @throws IllegalArgumentException if it is none, naming the column
   */
  public static float number(Object value, String column) {
    if (value instanceof Number number) {
      return finite(number.floatValue(), column);
    }
    if (value instanceof Boolean flag) {
      return flag ? 1 : 0;
    }
    if (value instanceof String text) {
      return parsed(text, column);
    }
    throw notANumber(value, column);
  }

  private static float parsed(String text, String column) {
    try {
      return finite(Float.parseFloat(decimal(text)), column);
    } catch (NumberFormatException e) {
      if (text.equalsIgnoreCase("true")) {
        return 1;
      }
      if (text.equalsIgnoreCase("false")) {
        return 0;
      }
      throw notANumber(text, column);
    }
  }

  static IllegalArgumentException empty(String column) {
    return new WrongSettings("column '%s' is empty".formatted(column));
  }

  private static NotANumber notANumber(Object value, String column) {
    return new NotANumber(value, column);
  }

  /**
   * Refuses what a network cannot compute with.
   *
   * @throws IllegalArgumentException if the number is not finite, naming the column
   */
  static float finite(float number, String column) {
    if (!Float.isFinite(number)) {
      throw new WrongSettings("column '%s' is not finite: %s".formatted(column, number));
    }
    return number;
  }
}
