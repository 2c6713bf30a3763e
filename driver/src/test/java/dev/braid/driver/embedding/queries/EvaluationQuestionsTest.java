package dev.braid.driver.embedding.queries;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvaluationQuestionsTest {
  @Test
  void pairs_haveAHeadLine_remarksAndMoreColumns() {
    List<String> lines =
        List.of(
            "# remark", "Word 1\tWord 2\tHuman (mean)", "", "ice cream\tsnow\t7.5\tmore", "a b 1");
    assertEquals(
        List.of(new WordPair("ice cream", "snow", 7.5), new WordPair("a", "b", 1)),
        WordPair.parse("pairs.txt", lines));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"short 3", "a,b,1", "a b high", "a b NaN"})
  void pair_thatIsNone_isRefusedWithItsLine(String line) {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> WordPair.parse("pairs.txt", List.of("a b 1", line)))
            .getMessage();
    assertEquals(
        "pairs.txt, line 2: expected two words and a number, apart by tabs or blanks, got '%s'"
            .formatted(line),
        message);
  }

  @Test
  void analogies_haveSections() {
    assertEquals(
        List.of(new AnalogyQuestion("royal pairs", List.of("man", "king", "woman", "queen"))),
        AnalogyQuestion.parse("a.txt", List.of(": royal pairs", "", " man king woman queen ")));
  }

  @Test
  void analogy_thatIsNone_isRefusedWithItsLine() {
    assertSays("a.txt, line 2: expected four words, got 'a b c'", List.of(": s", "a b c"));
    assertSays("a.txt, line 1: analogies begin with a line ': name", List.of("a b c d"));
  }

  private static void assertSays(String message, List<String> lines) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> AnalogyQuestion.parse("a.txt", lines));
    assertTrue(e.getMessage().startsWith(message), e.getMessage());
  }

  @Test
  void unknownWords_areCounted_andTheFirstTenShown() {
    UnknownWords unknown = new UnknownWords();
    assertEquals("", unknown.sentence());
    IntStream.range(0, 12).forEach(i -> unknown.leaveOut(List.of("w" + i, "w0")));
    assertEquals(
        "12 left out for 12 unknown words: w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, ...",
        unknown.sentence());
  }
}
