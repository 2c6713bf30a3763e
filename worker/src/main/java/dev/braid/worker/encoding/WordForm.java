package dev.braid.worker.encoding;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;
import java.util.regex.Pattern;

/** The form in which words are looked up among the known ones. */
public enum WordForm {
  /** As they are written, or as the tokenizer gives them. */
  @JsonProperty("written")
  WRITTEN {
    @Override
    String of(String word) {
      return word;
    }
  },
  /** In small letters. */
  @JsonProperty("lower")
  LOWER {
    @Override
    String of(String word) {
      return word.toLowerCase(Locale.ROOT);
    }
  },
  /**
   * In small letters, with every digit as 0; all addresses of the web are one word, as are all
   * names that begin with @, and a word behind # is that word.
   */
  @JsonProperty("plain")
  PLAIN {
    @Override
    String of(String word) {
      if (ADDRESS.matcher(word).lookingAt()) {
        return "http";
      }
      if (word.length() > 1 && word.charAt(0) == '@') {
        return "@";
      }
      boolean isTopic = word.length() > 1 && word.charAt(0) == '#';
      return DIGIT.matcher(LOWER.of(isTopic ? word.substring(1) : word)).replaceAll("0");
    }
  };

  private static final Pattern ADDRESS = Pattern.compile("(?i)https?:|www\\.");
  private static final Pattern DIGIT = Pattern.compile("\\p{Nd}");

  /** A word in this form. */
  abstract String of(String word);
}
