package dev.braid.worker.encoding;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.braid.worker.WrongSettings;
import java.io.Serializable;
import java.util.List;

/**
 * A column of a table and how its values become numbers.
 *
 * @param name of the column
 * @param as how
 * @param missing what stands for a missing value; null where none may be missing
 */
public record EncodedColumn(
    @JsonProperty(required = true) String name,
    @JsonProperty(required = true) ColumnEncoding as,
    @JsonInclude(JsonInclude.Include.NON_NULL) Missing missing)
    implements Serializable {

  /** A column of numbers, none of which may be missing. */
  public static EncodedColumn ofNumbers(String name, int width) {
    return new EncodedColumn(name, new Numbers(width), null);
  }

  /** How many raw numbers it has; 0 where that is not known. */
  public int rawWidth() {
    return as.rawWidth() + indicators();
  }

  /** How many numbers a network reads of it. */
  public int width() {
    return as.width() + indicators();
  }

  private int indicators() {
    return missing != null && missing.indicator() ? 1 : 0;
  }

  /** Whether its raw numbers are what a network reads. */
  @JsonIgnore
  boolean isPlain() {
    return missing == null && !(as instanceof Categories);
  }

  /**
   * Adds the raw numbers of a value; those of a missing one are NaN where they are to be filled.
   *
   * @param where the column's name in the table, for messages
   * @throws IllegalArgumentException when the value cannot be encoded
   */
  void addRaw(Object value, String where, RawNumbers raw) {
    boolean none = isMissing(value);
    int before = raw.count();
    if (!none) {
      as.addRaw(value, where, raw);
    } else if (missing == null) {
      throw value == null ? Values.empty(where) : notFinite(where);
    } else if (missing.isValue()) {
      as.addRaw(missing.by(), where, raw);
    } else {
      raw.addMissing(as.rawWidth());
    }
    int added = raw.count() - before;
    boolean fixed = as.rawWidth() > 0 && !(as instanceof SequenceEncoding);
    if (fixed && added != as.rawWidth()) {
      throw new WrongSettings(
          "column '%s' holds %d numbers, expected %d".formatted(where, added, as.rawWidth()));
    }
    if (indicators() > 0) {
      raw.add(none ? 1 : 0);
    }
  }

  /**
   * Whether a value counts as missing: there is none, or something stands for a missing one in this
   * column and a text is a usual mark of that which is none of the column's own values.
   */
  public boolean isMissing(Object value) {
    return Values.isMissing(value)
        || (missing != null
            && value instanceof String text
            && Missing.MARKS.contains(text)
            && !as.names(text));
  }

  private static IllegalArgumentException notFinite(String where) {
    return new WrongSettings("column '%s' is not finite: NaN".formatted(where));
  }

  /** The same with what was fitted in the place of missing values. */
  public EncodedColumn filled(ColumnEncoding fitted, List<Float> fill) {
    return new EncodedColumn(
        name,
        fitted,
        missing == null || missing.isValue()
            ? missing
            : new Missing(missing.by(), fill, missing.indicator()));
  }

  /** Whether numbers that stand for missing ones are still to be found. */
  @JsonIgnore
  public boolean isToBeFilled() {
    return missing != null && !missing.isValue() && missing.fill().isEmpty();
  }

  /** Encodes raw numbers, filled where they were missing. */
  void encode(float[] raw, int from, float[] encoded, int to) {
    int width = as.rawWidth();
    if (missing != null && !missing.isValue()) {
      for (int i = 0; i < width; i++) {
        raw[from + i] = Float.isNaN(raw[from + i]) ? missing.fill().get(i) : raw[from + i];
      }
    }
    as.encode(raw, from, encoded, to);
    if (indicators() > 0) {
      encoded[to + as.width()] = raw[from + width];
    }
  }

  /** In words, for a person who wants to know what a model expects. */
  public String description() {
    String words = name + ": " + as.description();
    return missing == null ? words : words + "; missing: " + missing.by();
  }
}
