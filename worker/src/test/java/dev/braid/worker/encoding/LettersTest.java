package dev.braid.worker.encoding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.encoding.Lengths.Longer;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LettersTest {
  private static Letters letters(Lengths lengths, String... known) {
    TokenIds tokens = new TokenIds("whitespace", Vocabulary.of(List.of()), lengths);
    return new Letters(tokens, Vocabulary.of(List.of(known)), 3);
  }

  private static InputEncoding of(ColumnEncoding as) {
    return new InputEncoding(List.of(new EncodedColumn("tokens", as, null)), 0);
  }

  private static float[] raw(Letters letters, Object value) {
    return of(letters).raw(new Object[] {value}, 0, List.of("tokens"), 0);
  }

  @Test
  void letters_areThoseOfEachToken_filledUpOrCutOff() {
    Letters letters = letters(Lengths.ANY, "a", "B", "\uD83D\uDE00");
    float[] expected = {4, 5, 0, 1, 1, 1, 6, 0, 0};
    assertArrayEquals(expected, raw(letters, List.of("aB", "bxyz", "\uD83D\uDE00")));
    assertArrayEquals(expected, raw(letters, "aB bxyz \uD83D\uDE00"));
    assertEquals("aB <unk><unk><unk> \uD83D\uDE00", letters.text(expected));
  }

  @Test
  void letters_ofLongerTexts_areCutWithTheTokens() {
    assertArrayEquals(
        new float[] {4, 0, 0}, raw(letters(new Lengths(1, null, null), "a"), List.of("a", "b")));
    Letters refusing = letters(new Lengths(1, Longer.QUARANTINE, null), "a");
    assertThrows(WrongSettings.class, () -> raw(refusing, List.of("a", "b")));
    assertThrows(WrongSettings.class, () -> raw(refusing, List.of()));
  }

  @Test
  void knownLetters_areCountedAsTheyAreRead() {
    Letters letters = letters(Lengths.ANY);
    assertEquals(List.of("a", "b", "c", "A"), letters.wordsOf(List.of("abcd", "A")));
    assertEquals(List.of("x"), letters.with(List.of("x")).knownWords());
  }

  @Test
  void letters_writtenAndRead_areTheSame() throws IOException {
    JsonMapper json = new JsonMapper();
    InputEncoding encoding = of(letters(new Lengths(9, null, null), "a", "\u00e9"));
    assertEquals(encoding, json.readValue(json.writeValueAsString(encoding), InputEncoding.class));
  }

  @ParameterizedTest
  @CsvSource({
    "written, New2017, New2017",
    "lower, New2017, new2017",
    "plain, New2017, new0000",
    "plain, https://t.co/x, http",
    "plain, www.x.org, http",
    "plain, @Jim, @",
    "plain, @, @",
    "plain, #Rock1, rock0",
    "plain, #, #"
  })
  void form_isWhatWordsAreLookedUpBy(String form, String word, String expected) {
    assertEquals(expected, WordForm.valueOf(form.toUpperCase(Locale.ROOT)).of(word));
  }
}
