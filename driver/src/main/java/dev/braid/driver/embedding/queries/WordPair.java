package dev.braid.driver.embedding.queries;

import static dev.braid.worker.Check.require;

import java.util.ArrayList;
import java.util.List;

/**
 * Two words and how alike people find them.
 *
 * @param score the higher, the more alike
 */
public record WordPair(String a, String b, double score) {

  /**
   * Reads pairs, one a line: two words and a number, apart by tabs or blanks; what follows them is
   * passed over. Blank lines and those that begin with # are none, nor is a head line.
   *
   * @param file its name, for messages
   * @throws IllegalArgumentException naming the line that is none of these
   */
  public static List<WordPair> parse(String file, List<String> lines) {
    List<WordPair> pairs = new ArrayList<>();
    boolean mayBeHead = true;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      String[] parts = line.split(line.contains("\t") ? "\t" : "\\s+", -1);
      boolean isPair = parts.length >= 3 && isNumber(parts[2]);
      require(
          isPair || mayBeHead,
          "%s, line %d: expected two words and a number, apart by tabs or blanks, got '%s'",
          file,
          i + 1,
          line);
      mayBeHead = false;
      if (isPair) {
        pairs.add(new WordPair(parts[0].strip(), parts[1].strip(), Double.parseDouble(parts[2])));
      }
    }
    return pairs;
  }

  private static boolean isNumber(String text) {
    try {
      return Double.isFinite(Double.parseDouble(text));
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
