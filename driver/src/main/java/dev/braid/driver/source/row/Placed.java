package dev.braid.driver.source.row;

import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * What lies at one place of a file, or why it cannot be used.
 *
 * @param <T> a row's values, an example
 */
public final class Placed<T> {
  private final String file;
  private final LongSupplier row;
  private final T value;
  private final String problem;
  private final boolean whole;
  private final long numRows;

  private Placed(
      String file, LongSupplier row, T value, String problem, boolean whole, long numRows) {
    this.file = file;
    this.row = row;
    this.value = value;
    this.problem = problem;
    this.whole = whole;
    this.numRows = numRows;
  }

  /**
   * What can be used.
   *
   * @param file empty where rows come from none
   * @param row its number in the file, from 1; looked up only when asked for
   */
  public static <T> Placed<T> sound(String file, LongSupplier row, T value) {
    return new Placed<>(file, row, value, null, false, 1);
  }

  /**
   * What cannot, and the reason.
   *
   * @param row its number in the file, from 1
   */
  public static <T> Placed<T> broken(String file, LongSupplier row, String problem) {
    return new Placed<>(file, row, null, problem, false, 1);
  }

  /**
   * A row that cannot be used, nor can those after it, and the reason.
   *
   * @param row its number in the file, from 1
   * @param numRows of the file
   */
  public static <T> Placed<T> brokenFrom(String file, long row, long numRows, String problem) {
    long lost = Math.max(1, numRows - row + 1);
    String words = lost == 1 ? problem : problem + "; %,d rows are lost".formatted(lost);
    return new Placed<>(file, () -> row, null, words, false, lost);
  }

  /**
   * A file none of whose rows can be used, and the reason. It has no row of its own, that is 0.
   *
   * @param numRows of the file, or of the part of it that is read; 1 where that is not known
   */
  public static <T> Placed<T> brokenFile(String file, long numRows, String problem) {
    return new Placed<>(file, () -> 0, null, problem, true, numRows);
  }

  /** What is made of it, at the same place; broken where the function refuses it. */
  public <R> Placed<R> map(Function<T, R> function) {
    if (isBroken()) {
      return new Placed<>(file, row, null, problem, whole, numRows);
    }
    try {
      return new Placed<>(file, row, function.apply(value), null, whole, numRows);
    } catch (IllegalArgumentException e) {
      return new Placed<>(file, row, null, e.getMessage(), whole, numRows);
    }
  }

  /** The same as all that its file holds, whose name alone is its place. */
  public Placed<T> asWhole() {
    return new Placed<>(file, row, value, problem, true, numRows);
  }

  public String file() {
    return file;
  }

  public long row() {
    return row.getAsLong();
  }

  /** The value; null where it is broken. */
  public T value() {
    return value;
  }

  public boolean isBroken() {
    return problem != null;
  }

  public String problem() {
    return problem;
  }

  /** How many rows it stands for: one, or all of a file. */
  public long numRows() {
    return numRows;
  }

  /** File and row, for messages. */
  public String place() {
    long number = whole ? 0 : row();
    String where = file.isEmpty() ? "" : file + ", ";
    return number == 0 ? file : where + "row " + number;
  }
}
