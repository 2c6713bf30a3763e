package dev.braid.worker.embedding.token;

import java.util.regex.Pattern;

/** White space within words. */
final class WhiteSpace {
  private static final Pattern RUN = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern ENDS =
      Pattern.compile("^\\s+|\\s+$", Pattern.UNICODE_CHARACTER_CLASS);

  private WhiteSpace() {}

  /** The word with _ for each run of white space within it, and none at its ends. */
  static String joined(String word) {
    for (int i = 0; i < word.length(); i++) {
      if (Character.isWhitespace(word.charAt(i)) || Character.isSpaceChar(word.charAt(i))) {
        return RUN.matcher(ENDS.matcher(word).replaceAll("")).replaceAll("_");
      }
    }
    return word;
  }
}
