package dev.braid.worker.encoding;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.braid.worker.Spelling;
import dev.braid.worker.WrongSettings;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One of several categories, as a 1 in its place among zeros. The raw numbers of a category are 48
 * bits of its text's MD5, so that they do not depend on which other categories there are.
 */
public final class Categories implements ColumnEncoding {
  private static final long serialVersionUID = 1;
  private static final Pattern WHOLE = Pattern.compile("(-?\\d{1,15})\\.0+");
  private static final int BITS = 24; // whole numbers that a float holds
  private static final int MASK = (1 << BITS) - 1;

  /** What becomes of values that are none of the categories. */
  public enum Others {
    /** They are all zeros. */
    ZEROS,
    /** They are refused. */
    REFUSED,
    /** That is open: the categories are still to be narrowed to those that a network learns of. */
    OPEN
  }

  private final String[] values;
  private final Others others;
  private final HashMap<Long, Integer> places = new HashMap<>();

  /**
   * @param values the categories, in any order; they are kept in ascending order of their text
   */
  public Categories(List<String> values, Others others) {
    this.values = values.stream().map(Categories::name).sorted().toArray(String[]::new);
    this.others = others;
    for (int i = 0; i < this.values.length; i++) {
      if (places.put(bits(this.values[i]), i) != null) {
        throw new WrongSettings("category '" + this.values[i] + "' is named twice");
      }
    }
  }

  /** Categories beside which others are all zeros. */
  @JsonCreator
  public Categories(@JsonProperty(value = "values", required = true) List<String> values) {
    this(values, Others.ZEROS);
  }

  /** The categories, in ascending order of their text. */
  @JsonProperty
  public List<String> values() {
    return List.of(values);
  }

  /** Whether they are still to be narrowed to those that a network learns of. */
  @JsonIgnore
  public boolean isOpen() {
    return others == Others.OPEN;
  }

  /** Whether they were given, so that all others are refused while a network learns. */
  @JsonIgnore
  public boolean isGiven() {
    return others == Others.REFUSED;
  }

  @Override
  public int rawWidth() {
    return 2;
  }

  @Override
  public int width() {
    return values.length;
  }

  @Override
  public void addRaw(Object value, String column, RawNumbers raw) {
    String text = name(value);
    long bits = bits(text);
    if (others == Others.REFUSED && !places.containsKey(bits)) {
      throw new WrongSettings(
          "column '%s' holds '%s', which is none of its categories%s"
              .formatted(column, text, Spelling.suggestion(text, values())));
    }
    for (float number : raw(bits)) {
      raw.add(number);
    }
  }

  @Override
  public boolean names(String text) {
    return places.containsKey(bits(text));
  }

  /** The raw numbers of category {@code i}. */
  public List<Float> rawOf(int i) {
    float[] raw = raw(bits(values[i]));
    return List.of(raw[0], raw[1]);
  }

  /** The place of the category whose raw numbers begin at {@code from}; -1 where it is none. */
  public int place(float[] raw, int from) {
    long bits = ((long) raw[from] << BITS) | (long) raw[from + 1];
    return Float.isNaN(raw[from]) ? -1 : places.getOrDefault(bits, -1);
  }

  @Override
  public void encode(float[] raw, int from, float[] encoded, int to) {
    Arrays.fill(encoded, to, to + values.length, 0);
    int place = place(raw, from);
    if (place >= 0) {
      encoded[to + place] = 1;
    }
  }

  /**
   * A value as the name of a category: a whole number has one name, whatever its type, and also
   * where it is a text with zeros behind the point, as programs write it beside missing ones.
   */
  public static String name(Object value) {
    String text = Values.text(value);
    Matcher whole = WHOLE.matcher(text);
    return whole.matches() ? whole.group(1) : text;
  }

  private static float[] raw(long bits) {
    return new float[] {bits >>> BITS, bits & MASK};
  }

  private static long bits(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.wrap(digest).getLong() >>> (Long.SIZE - 2 * BITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has MD5", e);
    }
  }

  @Override
  public String description() {
    return "one of " + String.join(", ", values);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Categories that
        && Arrays.equals(values, that.values)
        && others == that.others;
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return "Categories" + Arrays.toString(values);
  }
}
