package dev.braid.worker.encoding;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Known words, each with its place among them; of a word that is there twice the first counts. */
public final class WordList implements Serializable {
  private static final long serialVersionUID = 1;

  private final ArrayList<String> words;
  private final int mostWords;
  private transient volatile Map<String, Integer> places;

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public WordList(List<String> words) {
    this(words, words.size());
  }

  private WordList(List<String> words, int mostWords) {
    this.words = new ArrayList<>(words);
    this.mostWords = mostWords;
  }

  /** Without words: those are still to be found, at most {@code mostWords}. */
  public static WordList open(int mostWords) {
    return new WordList(List.of(), mostWords);
  }

  @JsonValue
  public List<String> words() {
    return List.copyOf(words);
  }

  public int size() {
    return words.size();
  }

  /** How many words there are, or may be at most where they are still to be found. */
  int mostWords() {
    return mostWords;
  }

  /** The word at a place, from 0. */
  String word(int place) {
    return words.get(place);
  }

  /** The place of a word, from 0; -1 for one that is not known. */
  int place(String word) {
    Map<String, Integer> known = places;
    if (known == null) {
      known = new HashMap<>(2 * words.size());
      for (int i = 0; i < words.size(); i++) {
        known.putIfAbsent(words.get(i), i);
      }
      places = known;
    }
    return known.getOrDefault(word, -1);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof WordList list
        && words.equals(list.words)
        && mostWords == list.mostWords;
  }

  @Override
  public int hashCode() {
    return 31 * words.hashCode() + mostWords;
  }

  @Override
  public String toString() {
    return words.size() + " words";
  }
}
