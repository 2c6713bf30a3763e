package dev.braid.worker.encoding;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.braid.worker.WrongSettings;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * How columns of a table become one input of a network: the same in training and in scoring, and
 * kept in the model's file.
 *
 * @param columns in the order in which they make up the input
 * @param maskedStep numbers in a time step that may be missing; 0 where none may
 */
public record InputEncoding(
    @JsonProperty(required = true) List<EncodedColumn> columns, int maskedStep)
    implements Serializable {
  public InputEncoding {
    columns = new ArrayList<>(columns); // sublists and the like do not travel
    for (EncodedColumn column : columns) {
      boolean sequence = column.as() instanceof SequenceEncoding;
      boolean picture = column.as() instanceof Picture;
      require(
          !picture || (columns.size() == 1 && column.missing() == null),
          "column '%s' is a picture and one input by itself, of which none may be missing, not"
              + " beside %s; name it under inputs",
          column.name(),
          columns.stream().map(EncodedColumn::name).filter(n -> !n.equals(column.name())).toList());
      require(
          !sequence || columns.size() == 1,
          "column '%s' is a sequence of any length and one input by itself, not beside %s; name it"
              + " under inputs",
          column.name(),
          columns.stream().map(EncodedColumn::name).filter(n -> !n.equals(column.name())).toList());
      require(
          !sequence || column.missing() == null,
          "column '%s' is a sequence: nothing stands for a missing one; leave out missing",
          column.name());
    }
  }

  /** Columns of numbers of unknown widths, as the models had that did not know their names. */
  public static InputEncoding ofNumbers(List<String> names) {
    return new InputEncoding(
        names.stream().map(name -> EncodedColumn.ofNumbers(name, 0)).toList(), 0);
  }

  /** The columns' names. */
  public List<String> names() {
    return columns.stream().map(EncodedColumn::name).toList();
  }

  /** Whether it is a sequence of any length. */
  @JsonIgnore
  public boolean isRagged() {
    return sequence() != null;
  }

  /** How it is a sequence of any length; null where it is none. */
  @JsonIgnore
  public SequenceEncoding sequence() {
    return columns.size() == 1 && columns.get(0).as() instanceof SequenceEncoding sequence
        ? sequence
        : null;
  }

  /** The picture that it is; null where it is none. */
  @JsonIgnore
  public Picture picture() {
    return columns.size() == 1 && columns.get(0).as() instanceof Picture picture ? picture : null;
  }

  /** Whether its numbers are ids of words, of which nothing but equality has a meaning. */
  @JsonIgnore
  public boolean isOfIds() {
    return columns.stream().anyMatch(column -> column.as() instanceof TextEncoding);
  }

  /** How many raw numbers there are; in each step of a sequence of any length. */
  @JsonIgnore
  public int rawWidth() {
    return columns.stream().mapToInt(EncodedColumn::rawWidth).sum();
  }

  /** How many numbers a network reads; in each step of a sequence of any length. */
  @JsonIgnore
  public int width() {
    return columns.stream().mapToInt(EncodedColumn::width).sum();
  }

  /** Whether the raw numbers are what a network reads. */
  @JsonIgnore
  public boolean isPlain() {
    return columns.stream().allMatch(EncodedColumn::isPlain);
  }

  /**
   * The raw numbers of a row.
   *
   * @param row values, of which this input's begin at {@code at}, in the columns' order
   * @param where the columns' names in the row's file, for messages
   * @param size how many there should be; of no meaning for a sequence of any length
   * @throws IllegalArgumentException when there are more or fewer, or a value cannot be encoded
   */
  public float[] raw(Object[] row, int at, List<String> where, int size) {
    if (isRagged()) {
      RawNumbers numbers = new RawNumbers();
      columns.get(0).addRaw(row[at], where.get(0), numbers);
      return numbers.toArray();
    }
    float[] raw = new float[size];
    addRaw(row, at, where, new RawNumbers(raw, 0, size));
    return raw;
  }

  private void addRaw(Object[] row, int at, List<String> where, RawNumbers numbers) {
    int size = numbers.size();
    for (int i = 0; i < columns.size(); i++) {
      Object value = row[at + i];
      if (maskedStep == 0) {
        columns.get(i).addRaw(value, where.get(i), numbers);
      } else if (value == null) {
        numbers.addMissing(size / columns.size());
      } else {
        Numbers.add(value, where.get(i), numbers, maskedStep);
      }
    }
    if (maskedStep > 0) {
      endSteps(numbers, where.get(0));
    }
    if (numbers.count() != size) {
      throw new WrongSettings(
          "%d numbers, but the model takes %d".formatted(numbers.count(), size));
    }
  }

  /** Ends a sequence that is shorter with missing time steps. */
  private void endSteps(RawNumbers numbers, String column) {
    numbers.addMissing(Math.max(0, numbers.size() - numbers.count()));
    for (int i = 0; i < numbers.size(); i++) {
      if (Float.isNaN(numbers.get(i)) != Float.isNaN(numbers.get(i - i % maskedStep))) {
        throw new WrongSettings(
            "column '%s': of the %d numbers of a time step only some are missing"
                .formatted(column, maskedStep));
      }
    }
  }

  /** Encodes raw numbers, which are filled in place where some were missing. */
  public void encode(float[] raw, int from, float[] encoded, int to) {
    int at = from;
    int end = to;
    for (EncodedColumn column : columns) {
      column.encode(raw, at, encoded, end);
      at += column.rawWidth();
      end += column.width();
    }
  }

  /**
   * What a network reads of a row.
   *
   * @param row values, of which this input's begin at {@code at}, in the columns' order
   * @param where the columns' names in the row's file, for messages
   * @param width how many numbers the network reads; of no meaning for a sequence of any length
   * @throws IllegalArgumentException when the row cannot be encoded
   */
  public float[] input(Object[] row, int at, List<String> where, int width) {
    int size = isPlain() ? width : rawWidth();
    float[] raw = raw(row, at, where, size);
    if (isRagged() && sequence().lengths().isSplit()) {
      sequence().lengths().requireOnePiece(raw, width(), where.get(0));
    }
    if (isPlain()) {
      return raw;
    }
    float[] encoded = new float[width];
    encode(raw, 0, encoded, 0);
    return encoded;
  }
}
