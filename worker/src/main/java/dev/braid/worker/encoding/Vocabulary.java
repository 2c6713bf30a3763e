package dev.braid.worker.encoding;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Known words, each with an id of its own: first {@link #SPECIAL} ids that never change, then one
 * for each word in its order. Words are whatever a tokenizer gives: words, characters, tags.
 */
public final class Vocabulary implements Serializable {
  private static final long serialVersionUID = 1;

  /** What stands for nothing: it fills up sequences. */
  public static final int PADDING = 0;

  /** What stands for all words that are not known. */
  public static final int UNKNOWN = 1;

  /** What stands before the first word of a sequence. */
  public static final int START = 2;

  /** What stands behind the last word of a sequence. */
  public static final int END = 3;

  /** How those are written, by their ids; a word of a text that is written so is not known. */
  public static final List<String> SPECIAL = List.of("<pad>", "<unk>", "<s>", "</s>");

  private final WordList words;

  private Vocabulary(WordList words) {
    this.words = words;
  }

  /**
   * These words in this order; those that cannot be told apart in a file are left out, as are
   * special ones and repetitions.
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static Vocabulary of(List<String> words) {
    return new Vocabulary(
        new WordList(words.stream().filter(Vocabulary::mayHold).distinct().toList()));
  }

  /** Without words: those are still to be found, at most {@code mostWords}. */
  public static Vocabulary open(int mostWords) {
    return new Vocabulary(WordList.open(mostWords));
  }

  /** The most frequent of counted words. */
  public static Vocabulary ofCounts(Map<String, Long> counts, int maxWords) {
    return of(
        counts.entrySet().stream()
            .filter(count -> mayHold(count.getKey()))
            .sorted(
                (a, b) -> compareByFrequency(a.getKey(), a.getValue(), b.getKey(), b.getValue()))
            .map(Map.Entry::getKey)
            .limit(maxWords)
            .toList());
  }

  /** The more frequent word first; of those that are as frequent the first by its text. */
  public static int compareByFrequency(String a, long countOfA, String b, long countOfB) {
    int byCount = Long.compare(countOfB, countOfA);
    return byCount != 0 ? byCount : a.compareTo(b);
  }

  /**
   * Whether a word can be one of a vocabulary: it is no special one and well-formed Unicode, as
   * half of a surrogate pair could not be written.
   */
  static boolean mayHold(String word) {
    return !SPECIAL.contains(word) && StandardCharsets.UTF_8.newEncoder().canEncode(word);
  }

  /** The words behind the special ones, in the order of their ids. */
  @JsonValue
  public List<String> words() {
    return words.words();
  }

  /** How many words it has, or may have at most where they are still to be found. */
  int mostWords() {
    return words.mostWords();
  }

  /** Number of ids: of all words, special ones included. */
  public int size() {
    return SPECIAL.size() + words.size();
  }

  /** Whether it knows no word. */
  public boolean isEmpty() {
    return words.size() == 0;
  }

  /** The id of a word; {@link #UNKNOWN} for one that is not known. */
  public int id(String word) {
    int place = words.place(word);
    return place < 0 ? UNKNOWN : SPECIAL.size() + place;
  }

  /** The word of an id. */
  public String word(int id) {
    return id < SPECIAL.size() ? SPECIAL.get(id) : words.word(id - SPECIAL.size());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Vocabulary vocabulary && words.equals(vocabulary.words);
  }

  @Override
  public int hashCode() {
    return words.hashCode();
  }

  @Override
  public String toString() {
    return words.toString();
  }
}
