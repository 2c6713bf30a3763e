package dev.braid.worker.encoding;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;

/** A text as the ids of its words, of which nothing but equality has a meaning. */
public sealed interface TextEncoding extends ColumnEncoding permits Letters, TokenIds, WordIndices {
  /** The words of a value, in their order. */
  List<String> wordsOf(Object value);

  /** The known words, in the order of their ids. */
  @JsonIgnore
  List<String> knownWords();

  /** How many words are known, or may be at most where they are still to be found. */
  @JsonIgnore
  int mostWords();

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
   * many as there may be.
   */
  @JsonIgnore
  default int numIds() {
    return Math.addExact(firstId(), mostWords());
  }
}
