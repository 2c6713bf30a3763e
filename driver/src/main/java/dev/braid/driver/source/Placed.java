package dev.braid.driver.source;

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

  private Placed(String file, LongSupplier row, T value, String problem, boolean whole) {
    this.file = file;
    this.row = row;
    this.value = value;
    this.problem = problem;
    this.whole = whole;
  }

  /**
   * What can be used.
   *
   * @param file empty where rows come from none
   * @param row its number in the file, from 1; looked up only when asked for
   */
  public static <T> Placed<T> sound(String file, LongSupplier row, T value) {
    return new Placed<>(file, row, value, null, false);
  }

  /**
   * What cannot, and the reason.
   *
   * @param row its number in the file, from 1; 0 where the reason is the file itself
   */
  public static <T> Placed<T> broken(String file, LongSupplier row, String problem) {
    return new Placed<>(file, row, null, problem, false);
  }

  /** What is made of it, at the same place; broken where the function refuses it. */
  <R> Placed<R> map(Function<T, R> function) {
    if (isBroken()) {
      return new Placed<>(file, row, null, problem, whole);
    }
    try {
      return new Placed<>(file, row, function.apply(value), null, whole);
    } catch (IllegalArgumentException e) {
      return new Placed<>(file, row, null, e.getMessage(), whole);
    }
  }

  /** The same as all that its file holds, whose name alone is its place. */
  Placed<T> asWhole() {
    return new Placed<>(file, row, value, problem, true);
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

  /** File and row, for messages. */
  String place() {
    long number = whole ? 0 : row();
    String where = file.isEmpty() ? "" : file + ", ";
    return number == 0 ? file : where + "row " + number;
  }
}
