package dev.braid.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpellingTest {
  @Test
  void suggestion_ofAWordWithAFewEdits_isTheNearest() {
    assertEquals("; did you mean 'red'?", Spelling.suggestion("rad", List.of("blue", "red")));
    assertEquals("; did you mean 'WOOD'?", Spelling.suggestion("wod", List.of("WOOD", "stone")));
    assertEquals("; did you mean 'a'?", Spelling.suggestion("aa", List.of("a", "b")));
  }

  @Test
  void suggestion_ofAWordThatSharesNoLetter_isNone() {
    assertEquals("", Spelling.suggestion("7", List.of("0", "1", "2")));
    assertEquals("", Spelling.suggestion("no", List.of("ja")));
    assertEquals("", Spelling.suggestion("yes", List.of("no", "ja")));
  }
}
