package dev.braid.worker.encoding;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.List;

/**
 * A text as the letters of its tokens: a step for each token, with the ids of its first letters
 * (code points of Unicode), filled up at the end.
 *
 * @param tokens how a text is cut into tokens, and how many there may be; knows no words
 * @param vocabulary the known letters
 * @param maxLetters ids in each step
 */
public record Letters(
    @JsonProperty(required = true) TokenIds tokens,
    @JsonProperty(required = true) Vocabulary vocabulary,
    int maxLetters)
    implements SequenceEncoding, TextEncoding {
  public Letters {
    require(maxLetters > 0, "letters must be at least 1, got %d", maxLetters);
  }

  @Override
  public Lengths lengths() {
    return tokens.lengths();
  }

  /** The letters of all tokens, in their order, as they are taken. */
  @Override
  public List<String> wordsOf(Object value) {
    List<String> letters = new ArrayList<>();
    for (String token : tokens.wordsOf(value)) {
      letters(token).forEach(letters::add);
    }
    return letters;
  }

  private List<String> letters(String token) {
    return token.codePoints().limit(maxLetters).mapToObj(Character::toString).toList();
  }

  @Override
  public List<String> knownWords() {
    return vocabulary.words();
  }

  @Override
  public int mostWords() {
    return vocabulary.mostWords();
  }

  @Override
  public int firstId() {
    return Vocabulary.SPECIAL.size();
  }

  @Override
  public Letters with(List<String> letters) {
    return new Letters(tokens, Vocabulary.of(letters), maxLetters);
  }

  /** The tokens, apart by blanks. */
  @Override
  public String text(float[] ids) {
    List<String> words = new ArrayList<>();
    for (int from = 0; from < ids.length; from += maxLetters) {
      StringBuilder word = new StringBuilder();
      for (int i = from; i < from + maxLetters && ids[i] != Vocabulary.PADDING; i++) {
        word.append(vocabulary.word((int) ids[i]));
      }
      words.add(word.toString());
    }
    return String.join(" ", words);
  }

  @Override
  public int width() {
    return maxLetters;
  }

  @Override
  public void addRaw(Object value, String column, RawNumbers raw) {
    List<String> words = tokens.wordsOf(value);
    float[] ids = new float[words.size() * maxLetters]; // Vocabulary.PADDING
    for (int i = 0; i < words.size(); i++) {
      List<String> letters = letters(words.get(i));
      for (int k = 0; k < letters.size(); k++) {
        ids[i * maxLetters + k] = vocabulary.id(letters.get(k));
      }
    }
    raw.addAll(lengths().applied(ids, maxLetters, column));
  }

  @Override
  public String description() {
    return "a text %s, as the ids of the first %d letters of its tokens, of %,d known ones"
        .formatted(lengths().description(), maxLetters, vocabulary.words().size());
  }
}
