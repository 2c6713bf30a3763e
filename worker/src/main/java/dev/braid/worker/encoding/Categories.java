package dev.braid.worker.encoding;

import dev.braid.worker.Nearest;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * One of several categories, as a 1 in its place among zeros.
 *
 * @param values the categories, kept in ascending order of their text
 * @param others what becomes of a value that is none of them; all zeros if null
 */
public record Categories(List<String> values, Others others) implements ColumnEncoding {
  /** The raw number of a value that is none of the categories. */
  public static final int UNKNOWN = -1;

  /** What becomes of values that are none of the categories. */
  public enum Others {
    /** They are all zeros. */
    ZEROS,
    /** They are refused. */
    REFUSED
  }

  public Categories {
    values = values.stream().sorted().toList();
    others = others == null ? Others.ZEROS : others;
    for (int i = 1; i < values.size(); i++) {
      if (values.get(i).equals(values.get(i - 1))) {
        throw new IllegalArgumentException("category '%s' is named twice".formatted(values.get(i)));
      }
    }
  }

  /** Categories beside which others are all zeros. */
  public Categories(List<String> values) {
    this(values, Others.ZEROS);
  }

  @Override
  public int rawWidth() {
    return 1;
  }

  @Override
  public int width() {
    return values.size();
  }

  @Override
  public void addRaw(Object value, String column, RawNumbers raw) {
    String text = Values.text(value);
    int index = index(text);
    if (index == UNKNOWN && others == Others.REFUSED) {
      throw new IllegalArgumentException(
          "column '%s' holds '%s', which is none of its categories%s"
              .formatted(column, text, Nearest.suggestion(text, values)));
    }
    raw.add(index);
  }

  /** The place of a value, or {@link #UNKNOWN}. */
  public int index(String value) {
    return Math.max(UNKNOWN, Collections.binarySearch(values, value));
  }

  @Override
  public void encode(float[] raw, int from, float[] encoded, int to) {
    Arrays.fill(encoded, to, to + values.size(), 0);
    int index = (int) raw[from];
    if (index != UNKNOWN) {
      encoded[to + index] = 1;
    }
  }

  @Override
  public String description() {
    return "one of " + String.join(", ", values);
  }
}
