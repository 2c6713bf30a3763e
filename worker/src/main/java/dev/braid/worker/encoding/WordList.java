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
  private transient volatile Map<String, Integer> places;

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public WordList(List<String> words) {
    this.words = new ArrayList<>(words);
  }

  @JsonValue
  public List<String> words() {
    return List.copyOf(words);
  }

  public int size() {
    return words.size();
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
    return other instanceof WordList vocabulary && words.equals(vocabulary.words);
  }

  @Override
  public int hashCode() {
    return words.hashCode();
  }

  @Override
  public String toString() {
    return words.size() + " words";
  }
}
