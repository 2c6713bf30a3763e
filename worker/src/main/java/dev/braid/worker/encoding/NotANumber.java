package dev.braid.worker.encoding;

import dev.braid.worker.WrongSettings;
import java.util.regex.Pattern;

/** Says that a column which should hold numbers holds something else. */
public final class NotANumber extends WrongSettings {
  private static final long serialVersionUID = 1;

  private static final Pattern DECIMAL_COMMA = Pattern.compile("[-+]?\\d*(\\.\\d{3})*,\\d+");

  private final String column;
  private final String value;

  NotANumber(Object value, String column) {
    super("column '%s' holds '%s', which is not a number".formatted(column, value));
    this.column = column;
    this.value = String.valueOf(value);
  }

  /** The column. */
  public String column() {
    return column;
  }

  /** Whether it is a usual mark of a missing value. */
  public boolean isMark() {
    return Missing.MARKS.contains(value);
  }

  /** Whether it is a number with a comma in the place of the decimal point. */
  public boolean hasDecimalComma() {
    return DECIMAL_COMMA.matcher(value).matches();
  }
}
