package dev.braid.worker.embedding.token;

import java.util.ArrayList;
import java.util.List;

/**
 * Words as runs of letters. A letter keeps the marks that stand on it, which are characters of
 * their own where they are accents typed apart or the vowel signs of Hindi, Thai, Arabic and many
 * others; joiners of zero width, which tell how letters are drawn together, stay between letters,
 * and soft hyphens, which tell where a line may break, go.
 */
final class Letters implements Tokenizer {
  private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
  private static final int ZERO_WIDTH_JOINER = 0x200D;
  private static final int SOFT_HYPHEN = 0xAD;

  @Override
  public List<String> words(String text) {
    List<String> words = new ArrayList<>();
    int start = -1; // of the word at i
    int end = -1; // behind its last letter or mark
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      int next = i + Character.charCount(c);
      if (Character.isLetter(c) || (start >= 0 && isMark(c))) {
        start = start < 0 ? i : start;
        end = next;
      } else if (start >= 0 && !isInvisible(c)) {
        words.add(word(text, start, end));
        start = -1;
      }
      i = next;
    }
    if (start >= 0) {
      words.add(word(text, start, end));
    }
    return words;
  }

  private static String word(String text, int start, int end) {
    String word = text.substring(start, end);
    return Tokenizer.folded(
        word.indexOf(SOFT_HYPHEN) < 0 ? word : word.replace(Character.toString(SOFT_HYPHEN), ""));
  }

  private static boolean isMark(int c) {
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK ->
          true;
      default -> false;
    };
  }

  private static boolean isInvisible(int c) {
    return c == ZERO_WIDTH_NON_JOINER || c == ZERO_WIDTH_JOINER || c == SOFT_HYPHEN;
  }
}
