package dev.braid.driver.source.column;

import dev.braid.worker.encoding.Booleans;
import dev.braid.worker.encoding.Categories;
import dev.braid.worker.encoding.ColumnEncoding;
import dev.braid.worker.encoding.DateParts;
import dev.braid.worker.encoding.Numbers;
import dev.braid.worker.encoding.Picture;
import dev.braid.worker.encoding.Series;
import dev.braid.worker.encoding.TextEncoding;

/**
 * The type of a column, and what it can be used for: the same rules for files and for Spark's
 * tables.
 *
 * @param name of the column
 * @param words what the type is called where the column lies
 * @param holds what its values are
 */
public record ColumnType(String name, String words, Holds holds) {

  /** What the values of a column are. */
  public enum Holds {
    NUMBER,
    BOOLEAN,
    TEXT,
    /** A date, or a date and a time. */
    DATE,
    /** A date and a time in nanoseconds, which Spark does not read. */
    NANOS,
    BYTES,
    /** A list, also nested, of numbers or booleans. */
    NUMBERS,
    /** A list, also nested, of texts. */
    TEXTS,
    /** A vector of Spark ML. */
    VECTOR,
    /** What cannot be used. */
    OTHER;

    /** What a list of such values holds. */
    public Holds inList() {
      return switch (this) {
        case NUMBER, BOOLEAN, NUMBERS -> NUMBERS;
        case TEXT, TEXTS -> TEXTS;
        case DATE, NANOS, BYTES, VECTOR, OTHER -> OTHER;
      };
    }
  }

  /** Why its values are no numbers that a network reads; null if they are. */
  public String problemAsNumbers() {
    return switch (holds) {
      case NUMBER, BOOLEAN, NUMBERS, VECTOR, BYTES -> null;
      case TEXT, DATE, NANOS, TEXTS, OTHER ->
          described() + "a feature is a number, a list of numbers or a vector";
    };
  }

  /** What is wrong with encoding its values so, and the way out; null if nothing is. */
  public String problem(ColumnEncoding as) {
    if (as instanceof Numbers) {
      String problem = problemAsNumbers();
      return problem == null ? null : problem + ": " + wayOut();
    }
    boolean isDate = as instanceof DateParts;
    boolean isPicture = as instanceof Picture;
    boolean isSeries = as instanceof Series;
    boolean isText = as instanceof TextEncoding;
    boolean fits =
        switch (holds) {
          case NUMBER, BOOLEAN -> !isDate && !isPicture && !isSeries;
          case TEXT -> !isSeries;
          case DATE -> isDate;
          case BYTES -> isPicture;
          case NUMBERS, VECTOR -> isSeries;
          case TEXTS -> isText;
          case NANOS, OTHER -> false;
        };
    String wanted =
        isDate
            ? "a date"
            : as instanceof Booleans
                ? "yes or no"
                : as instanceof Categories
                    ? "a category"
                    : isPicture
                        ? "a picture, or the name of its file"
                        : isSeries ? "a series" : isText ? "a text" : "a number";
    String hint = holds == Holds.NANOS ? "; write it in microseconds" : "";
    return fits ? null : described() + "it cannot be " + wanted + hint;
  }

  private String wayOut() {
    return switch (holds) {
      case TEXT -> columnSetting("categories: auto");
      case DATE -> columnSetting("date: [year, month, day]");
      case NANOS, TEXTS, NUMBER, BOOLEAN, NUMBERS, VECTOR, BYTES, OTHER ->
          "leave it out of the features, or write it as one";
    };
  }

  private String columnSetting(String setting) {
    return "write it as one, or train with columns: {'%s': {%s}} or without it"
        .formatted(name.replace("'", "''"), setting);
  }

  /** What is wrong with a label of this type; null if nothing is. */
  public String labelProblem() {
    return switch (holds) {
      case NUMBER, BOOLEAN, TEXT, NUMBERS, TEXTS, VECTOR -> null;
      case DATE, NANOS, BYTES, OTHER ->
          described() + "a label is a text, a number or a list of them: write it as one";
    };
  }

  private String described() {
    return "column '%s' is of type %s; ".formatted(name, words);
  }
}
