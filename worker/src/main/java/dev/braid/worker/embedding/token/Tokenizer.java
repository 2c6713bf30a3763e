package dev.braid.worker.embedding.token;

import static dev.braid.worker.Check.require;

import dev.braid.worker.WrongSettings;
import java.text.BreakIterator;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Cuts a text into words. */
public interface Tokenizer {
  /** The name of the tokenizer that gives characters. */
  String CHARACTERS = "characters";

  /** The token behind the words of a line, where the lines of a text are told apart. */
  String LINE_END = "\n";

  /**
   * The words of {@code text}, in their order; none is empty or, but for characters, has white
   * space in it.
   */
  List<String> words(String text);

  /**
   * The tokenizer of this name.
   *
   * @param name {@code whitespace} (words between white space, as they are), {@code letters} (runs
   *     of letters with their accents and vowel signs, lower case and composed), {@code unicode}
   *     (words by the Unicode word-break rules, lower case and composed) or {@code regex:PATTERN}
   *     (whatever the pattern finds, see {@link #joined})
   */
  static Tokenizer of(String name) {
    if (name.startsWith("regex:")) {
      return regex(name.substring("regex:".length()));
    }
    return switch (name) {
      case "whitespace" -> Tokenizer::byWhitespace;
      case "letters" -> new Letters();
      case "unicode" -> Tokenizer::byUnicode;
      default ->
          throw new WrongSettings(
              "tokenizer must be whitespace, letters, unicode or regex:PATTERN, got '"
                  + name
                  + "'");
    };
  }

  /**
   * The tokenizer of this name, {@link #CHARACTERS} among them.
   *
   * @param name {@code characters} (each code point, white space too), or that of a tokenizer which
   *     gives words, see {@link #of}
   */
  static Tokenizer ofTokens(String name) {
    return name.equals(CHARACTERS)
        ? text -> text.codePoints().mapToObj(Character::toString).toList()
        : of(name);
  }

  /**
   * A word with _ in the place of white space, as between the words of a phrase: files of vectors
   * end a word at a blank.
   */
  static String joined(String word) {
    return WhiteSpace.joined(word);
  }

  /**
   * A word in lower case and composed (NFC): a letter and its accent are one character where there
   * is one, so that a word is the same however it was typed.
   */
  static String folded(String word) {
    String lower = word.toLowerCase(Locale.ROOT);
    return Normalizer.isNormalized(lower, Normalizer.Form.NFC)
        ? lower
        : Normalizer.normalize(lower, Normalizer.Form.NFC);
  }

  private static List<String> byWhitespace(String text) {
    List<String> words = new ArrayList<>();
    int start = -1;
    for (int i = 0; i <= text.length(); i++) {
      boolean inWord = i < text.length() && !Character.isWhitespace(text.charAt(i));
      if (inWord && start < 0) {
        start = i;
      } else if (!inWord && start >= 0) {
        words.add(text.substring(start, i));
        start = -1;
      }
    }
    return words;
  }

  private static List<String> byUnicode(String text) {
    List<String> words = new ArrayList<>();
    BreakIterator breaks = BreakIterator.getWordInstance(Locale.ROOT);
    breaks.setText(text);
    int start = breaks.first();
    for (int end = breaks.next(); end != BreakIterator.DONE; start = end, end = breaks.next()) {
      if (Character.isLetterOrDigit(text.codePointAt(start))) {
        words.add(joined(folded(text.substring(start, end))));
      }
    }
    return words;
  }

  private static Tokenizer regex(String expression) {
    Pattern pattern;
    try {
      pattern = Pattern.compile(expression);
    } catch (PatternSyntaxException e) {
      throw new WrongSettings("tokenizer regex: " + e.getMessage(), e);
    }
    require(
        !pattern.matcher("").matches(), "tokenizer regex '%s' matches nothing at all", expression);
    return text -> {
      List<String> words = new ArrayList<>();
      for (Matcher matcher = pattern.matcher(text); matcher.find(); ) {
        String word = joined(matcher.group());
        if (!word.isEmpty()) {
          words.add(word);
        }
      }
      return words;
    };
  }
}
