package dev.braid.driver.source;

import org.apache.spark.sql.Row;

/** Tells which lines of a partition are no rows: blank ones, and the first of each file. */
final class CsvHeaders {
  private final boolean header;
  private String file;
  private long start;
  private boolean expected;

  /**
   * @param header whether files begin with a header
   */
  CsvHeaders(boolean header) {
    this.header = header;
  }

  /** Must see all lines, (line, file, where its block begins in the file), in their order. */
  boolean isSkipped(Row line) {
    if (!line.getString(1).equals(file) || line.getLong(2) != start) {
      file = line.getString(1);
      start = line.getLong(2);
      expected = header && start == 0;
    }
    if (line.getString(0).isBlank()) {
      return true;
    }
    boolean skipped = expected;
    expected = false;
    return skipped;
  }
}
