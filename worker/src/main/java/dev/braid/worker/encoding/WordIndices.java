package dev.braid.worker.encoding;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.embedding.token.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A text as the indices of its words, always equally many: what is shorter is filled up, what is
 * longer is cut off.
 *
 * @param tokenizer how a text is cut into words; see {@link Tokenizer#of}
 * @param words the known ones, the first of which has the index {@code first}
 * @param length how many indices there are
 * @param first index of the first known word
 * @param unknown index of all other words
 * @param padding index that fills up
 * @param pad which end of a text is filled up
 * @param cut which end of a text is cut off
 */
public record WordIndices(
    @JsonProperty(required = true) String tokenizer,
    @JsonProperty(required = true) WordList words,
    int length,
    int first,
    int unknown,
    int padding,
    @JsonProperty(required = true) End pad,
    @JsonProperty(required = true) End cut)
    implements TextEncoding {

  private static final String GAP = "\u2026";

  /** An end of a text. */
  public enum End {
    /** Where it begins. */
    @JsonProperty("start")
    START,
    /** Where it ends. */
    @JsonProperty("end")
    END
  }

  public WordIndices {
    Tokenizer.of(tokenizer);
    if (length < 1 || first < 0) {
      throw new WrongSettings(
          "a text of %d words, the first known one being %d".formatted(length, first));
    }
  }

  @Override
  public WordIndices with(List<String> known) {
    WordList list = new WordList(known);
    return new WordIndices(tokenizer, list, length, first, unknown, padding, pad, cut);
  }

  @Override
  public List<String> wordsOf(Object value) {
    return Tokenizer.of(tokenizer).words(Values.text(value));
  }

  @Override
  public List<String> knownWords() {
    return words.words();
  }

  @Override
  public boolean mayKnow(String word) {
    return true;
  }

  @Override
  public int mostWords() {
    return words.mostWords();
  }

  @Override
  public int firstId() {
    return first;
  }

  /** The indices of words in their order, filled up or cut off. */
  public float[] indices(List<String> text) {
    float[] indices = new float[length];
    Arrays.fill(indices, padding);
    int taken = Math.min(length, text.size());
    int from = cut == End.START ? text.size() - taken : 0;
    int to = pad == End.START ? length - taken : 0;
    for (int i = 0; i < taken; i++) {
      int place = words.place(text.get(from + i));
      indices[to + i] = place < 0 ? unknown : first + place;
    }
    return indices;
  }

  /** The known words behind indices, apart by blanks, with … for each run of unknown ones. */
  @Override
  public String text(float[] indices) {
    List<String> text = new ArrayList<>();
    for (float index : indices) {
      int place = (int) index - first;
      if (place >= 0 && place < words.size()) {
        text.add(words.word(place));
      } else if (index != padding && (text.isEmpty() || !text.get(text.size() - 1).equals(GAP))) {
        text.add(GAP);
      }
    }
    return String.join(" ", text);
  }

  @Override
  public int rawWidth() {
    return length;
  }

  @Override
  public int width() {
    return length;
  }

  @Override
  public void addRaw(Object value, String column, RawNumbers raw) {
    for (float index : indices(wordsOf(value))) {
      raw.add(index);
    }
  }

  @Override
  public void encode(float[] raw, int from, float[] encoded, int to) {
    System.arraycopy(raw, from, encoded, to, length);
  }

  @Override
  public String description() {
    return "a text, as the indices of %d words of %,d known ones".formatted(length, words.size());
  }
}
