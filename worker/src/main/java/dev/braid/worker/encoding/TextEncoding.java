package dev.braid.worker.encoding;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;

/** A text as the ids of its words, of which nothing but equality has a meaning. */
public sealed interface TextEncoding extends ColumnEncoding permits Letters, TokenIds, WordIndices {
  /** As many words are known at most where nothing is said. */
  int MOST_WORDS = 20_000;

  /** The words of a value, in their order. */
  List<String> wordsOf(Object value);

  /** The known words, in the order of their ids. */
  @JsonIgnore
  List<String> knownWords();

  /** The id of the first known word. */
  @JsonIgnore
  int firstId();

  /** The same with other words. */
  TextEncoding with(List<String> words);

  /** Whether a word of a text can be one of the known ones. */
  default boolean mayKnow(String word) {
    return Vocabulary.mayHold(word);
  }

  /** The known words behind ids, for a person to read. */
  String text(float[] ids);

  /** Whether the words are still to be found. */
  @JsonIgnore
  default boolean isOpen() {
    return knownWords().isEmpty();
  }

  /**
   * Number of ids, as many as a network needs vectors for; of words that are still to be found as
   * many as there are by default.
   */
  @JsonIgnore
  default int numIds() {
    return firstId() + (isOpen() ? MOST_WORDS : knownWords().size());
  }
}
