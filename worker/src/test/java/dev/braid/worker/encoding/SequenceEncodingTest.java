package dev.braid.worker.encoding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.worker.encoding.Lengths.Longer;
import dev.braid.worker.encoding.WordIndices.End;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SequenceEncodingTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Vocabulary WORDS = Vocabulary.of(List.of("the", "cat", "sat"));

  private static InputEncoding words(Lengths lengths) {
    return of(new TokenIds("letters", WORDS, lengths));
  }

  private static InputEncoding of(ColumnEncoding as) {
    return new InputEncoding(List.of(new EncodedColumn("review", as, null)), 0);
  }

  private static float[] raw(InputEncoding encoding, Object value) {
    return encoding.raw(new Object[] {value}, 0, List.of("review"), 0);
  }

  private static String refusal(InputEncoding encoding, Object value) {
    return assertThrows(IllegalArgumentException.class, () -> raw(encoding, value)).getMessage();
  }

  @Test
  void text_hasAnIdForEachOfItsTokens_andOneForAllUnknownOnes() {
    assertArrayEquals(new float[] {4, 1, 5}, raw(words(Lengths.ANY), "The dog-cat"));
    assertArrayEquals(new float[] {4, 5, 6, 4}, raw(words(Lengths.ANY), "the cat sat. The"));
    assertArrayEquals(new float[] {6, 1}, raw(words(Lengths.ANY), List.of("sat", "The cat")));
  }

  @Test
  void characters_areCodePoints_whiteSpaceToo() {
    InputEncoding letters =
        of(
            new TokenIds(
                "characters", Vocabulary.of(List.of("a", " ", "\uD83D\uDE00")), Lengths.ANY));
    assertArrayEquals(new float[] {4, 5, 6, 1, 4}, raw(letters, "a \uD83D\uDE00Aa"));
    assertEquals(
        "a \uD83D\uDE00<unk>a", ((TokenIds) letters.sequence()).text(new float[] {4, 5, 6, 1, 4}));
  }

  @Test
  void longerText_isCutAtTheEndThatIsSet() {
    assertArrayEquals(new float[] {4, 5}, raw(words(new Lengths(2, null, null)), "the cat sat"));
    assertArrayEquals(
        new float[] {5, 6}, raw(words(new Lengths(2, Longer.CUT, End.START)), "the cat sat"));
  }

  @Test
  void longerText_isRefused_whereItIsToBeQuarantined() {
    InputEncoding two = words(new Lengths(2, Longer.QUARANTINE, null));
    assertArrayEquals(new float[] {4, 5}, raw(two, "the cat"));
    assertEquals(
        "column 'review' is a sequence of 3 steps, and maxLength is 2",
        refusal(two, "the cat sat"));
  }

  @Test
  void longerText_isSplitWhereThereAreLabels_andRefusedWhereARowHasOneAnswer() {
    Lengths split = new Lengths(2, Longer.SPLIT, null);
    List<float[]> pieces = split.pieces(raw(words(split), "the cat sat"), 1);
    assertArrayEquals(new float[] {4, 5}, pieces.get(0));
    assertArrayEquals(new float[] {6}, pieces.get(1));
    assertEquals(2, pieces.size());
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> words(split).input(new Object[] {"the cat sat"}, 0, List.of("review"), 0));
    assertTrue(e.getMessage().contains("3 steps"), e.getMessage());
  }

  @Test
  void emptySequence_isRefused() {
    assertEquals("column 'review' is an empty sequence", refusal(words(Lengths.ANY), " ... "));
    assertEquals(
        "column 'review' is an empty sequence", refusal(of(new Series(2, Lengths.ANY)), List.of()));
  }

  @Test
  void series_hasItsStepsOneAfterAnother() {
    InputEncoding series = of(new Series(2, new Lengths(2, Longer.CUT, End.START)));
    List<List<Integer>> steps = List.of(List.of(1, 2), List.of(3, 4), List.of(5, 6));
    assertArrayEquals(new float[] {3, 4, 5, 6}, raw(series, steps));
    assertArrayEquals(new float[] {1, 2}, raw(series, new float[] {1, 2}));
    assertArrayEquals(new float[] {7, 8}, raw(of(new Series(1, Lengths.ANY)), List.of(7, 8)));
  }

  @Test
  void stepOfAnotherWidth_isRefused() {
    InputEncoding series = of(new Series(2, Lengths.ANY));
    assertEquals(
        "column 'review' has a step of 3 numbers, expected 2",
        refusal(series, List.of(List.of(1, 2), List.of(3, 4, 5))));
    assertEquals(
        "column 'review' holds 3 numbers, which are no steps of 2",
        refusal(series, List.of(1, 2, 3)));
  }

  @Test
  void sequence_isAnInputOfItsOwn() {
    EncodedColumn text =
        new EncodedColumn("review", new TokenIds("letters", WORDS, Lengths.ANY), null);
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> new InputEncoding(List.of(text, EncodedColumn.ofNumbers("stars", 1)), 0));
    assertTrue(e.getMessage().contains("'review'"), e.getMessage());
    assertTrue(e.getMessage().contains("stars"), e.getMessage());
  }

  @Test
  void json_isTheSameAgain() throws IOException {
    for (InputEncoding encoding :
        List.of(
            words(Lengths.ANY),
            words(new Lengths(400, Longer.CUT, End.START)),
            of(new Series(3, new Lengths(9, Longer.SPLIT, null))))) {
      String json = JSON.writeValueAsString(encoding);
      assertEquals(encoding, JSON.readValue(json, InputEncoding.class), json);
    }
  }

  @Test
  void vocabulary_isOrderedByFrequency_thenByText_withFixedIdsBefore() {
    Vocabulary words =
        Vocabulary.ofCounts(
            Map.of("b", 3L, "a", 3L, "c", 9L, "<unk>", 99L, "\uD800", 98L, "rare", 1L), 3);
    assertEquals(List.of("c", "a", "b"), words.words());
    assertEquals(7, words.size());
    assertEquals(4, words.id("c"));
    assertEquals("c", words.word(4));
    for (String unknown : List.of("rare", "<unk>", "<pad>", "\uD800")) {
      assertEquals(Vocabulary.UNKNOWN, words.id(unknown), unknown);
    }
    assertEquals(List.of("<pad>", "<unk>", "<s>", "</s>"), Vocabulary.SPECIAL);
    assertEquals("<s>", words.word(Vocabulary.START));
  }

  @Test
  void settingsOfLengths_thatSayNothing_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Lengths(null, Longer.CUT, null));
    assertThrows(IllegalArgumentException.class, () -> new Lengths(0, null, null));
    assertThrows(IllegalArgumentException.class, () -> new Lengths(5, Longer.SPLIT, End.START));
  }

  @Test
  void marks_standAroundTheTokensThatAreLeft() {
    TokenIds marked = new TokenIds("letters", WORDS, new Lengths(2, null, null), true);
    TokenIds plain = new TokenIds("letters", WORDS, new Lengths(2, null, null));
    float[] whole = raw(of(marked), "the the the");
    float[] cut = raw(of(plain), "the the the");
    assertEquals(cut.length + 2, whole.length);
    assertEquals(Vocabulary.START, whole[0]);
    assertEquals(cut[0], whole[1]);
    assertEquals(Vocabulary.END, whole[whole.length - 1]);
    assertTrue(marked.with(List.of("the")).marks());
    assertThrows(
        IllegalArgumentException.class,
        () -> new TokenIds("letters", WORDS, new Lengths(2, Lengths.Longer.SPLIT, null), true));
  }
}
