package dev.braid.worker;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** The known word someone probably meant. */
public final class Spelling {
  private Spelling() {}

  /** The word of {@code known} that is fewest edits away, when that is near enough to be meant. */
  public static Optional<String> nearest(String word, Collection<String> known) {
    return known.stream()
        .min(Comparator.comparingInt((String k) -> distance(word, k)).thenComparing(k -> k))
        .filter(best -> isNear(word, best));
  }

  /** Near enough to be meant; a word that has no letter in its place is not. */
  private static boolean isNear(String word, String known) {
    int distance = distance(word, known);
    return distance <= Math.max(2, known.length() / 2)
        && distance < Math.max(word.length(), known.length());
  }

  /** {@code "; did you mean 'x'?"}, or nothing. */
  public static String suggestion(String word, Collection<String> known) {
    return nearest(word, known).map("; did you mean '%s'?"::formatted).orElse("");
  }

  /** Edits (insert, delete, replace a letter) between two words, whatever their case. */
  public static int distance(String left, String right) {
    String a = left.toLowerCase(Locale.ROOT);
    String b = right.toLowerCase(Locale.ROOT);
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
