package dev.braid.worker.encoding;

/** Says that a column which should hold numbers holds something else. */
public final class NotANumber extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final String column;

  NotANumber(Object value, String column) {
    super("column '%s' holds '%s', which is not a number".formatted(column, value));
    this.column = column;
  }

  /** The column. */
  public String column() {
    return column;
  }
}
