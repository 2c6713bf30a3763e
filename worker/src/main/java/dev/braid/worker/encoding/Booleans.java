package dev.braid.worker.encoding;

import dev.braid.worker.WrongSettings;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Yes or no, as 1 or 0.
 *
 * @param words how no and yes are written, in this order; empty for true and false, yes and no, t
 *     and f, y and n, 1 and 0, in capital letters or not
 */
public record Booleans(List<String> words) implements ColumnEncoding {
  private static final Set<String> YES = Set.of("true", "yes", "t", "y", "1", "1.0");
  private static final Set<String> NO = Set.of("false", "no", "f", "n", "0", "0.0");

  public Booleans {
    words = List.copyOf(words);
    if (!words.isEmpty() && (words.size() != 2 || words.get(0).equals(words.get(1)))) {
      throw new WrongSettings(
          "boolean: expected auto, or two words, for no and for yes, got " + words);
    }
  }

  @Override
  public int rawWidth() {
    return 1;
  }

  @Override
  public int width() {
    return 1;
  }

  @Override
  public void addRaw(Object value, String column, RawNumbers raw) {
    String text = Values.text(value);
    String plain = words.isEmpty() ? text.toLowerCase(Locale.ROOT) : text;
    if (words.isEmpty() ? YES.contains(plain) : plain.equals(words.get(1))) {
      raw.add(1);
    } else if (words.isEmpty() ? NO.contains(plain) : plain.equals(words.get(0))) {
      raw.add(0);
    } else {
      throw new WrongSettings(
          "column '%s' holds '%s', which is neither %s"
              .formatted(
                  column, text, words.isEmpty() ? "yes nor no" : String.join(" nor ", words)));
    }
  }

  @Override
  public boolean names(String text) {
    return words.contains(text);
  }

  @Override
  public void encode(float[] raw, int from, float[] encoded, int to) {
    encoded[to] = raw[from];
  }

  @Override
  public String description() {
    return "no or yes, as 0 or 1" + (words.isEmpty() ? "" : ": " + String.join(", ", words));
  }
}
