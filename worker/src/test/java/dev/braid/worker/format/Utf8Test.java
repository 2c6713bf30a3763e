package dev.braid.worker.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8Test {
  private static final String TEXT = "label\tnaïve words, हिन्दी\nlabel\tmore\n";

  private static String first(byte[] file) throws IOException {
    try (BufferedReader lines = Utf8.reader(new ByteArrayInputStream(file), "a.txt")) {
      return lines.readLine();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", TEXT, "\uFEFFbehind the first mark"})
  void mark_isNoText_whereTheFileIsOpened(String text) throws IOException {
    byte[] marked = ("\uFEFF" + text).getBytes(StandardCharsets.UTF_8);
    assertEquals(text, Utf8.text(marked));
    byte[] opened = Utf8.open(new ByteArrayInputStream(marked), "a.txt").readAllBytes();
    assertEquals(text, new String(opened, StandardCharsets.UTF_8));
  }

  @Test
  void textWithoutMark_isReadAsItIs_howeverLong() throws IOException {
    String text = TEXT.repeat(1000);
    byte[] file = text.getBytes(StandardCharsets.UTF_8);
    assertEquals(text, Utf8.text(file));
    byte[] opened = Utf8.open(new ByteArrayInputStream(file), "a.txt").readAllBytes();
    assertEquals(text, new String(opened, StandardCharsets.UTF_8));
    assertEquals(text.lines().findFirst().orElseThrow(), first(file));
  }

  @ParameterizedTest
  @CsvSource({
    "UTF-16LE, false, UTF-16LE",
    "UTF-16BE, false, UTF-16BE",
    "UTF-16LE, true, UTF-16",
    "UTF-16BE, true, UTF-16",
    "UTF-32LE, false, UTF-32",
    "UTF-32BE, true, UTF-32"
  })
  void otherEncoding_isRefusedByName(String charset, boolean mark, String named) {
    byte[] file = ((mark ? "\uFEFF" : "") + TEXT).getBytes(Charset.forName(charset));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> first(file), charset);
    assertEquals(
        "a.txt: the text is %s, but UTF-8 is read; convert it: iconv -f %s -t UTF-8"
            .formatted(named, named),
        e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> Utf8.text(file));
  }

  @Test
  void latin1_isNoUtf8_atWhateverPlace() {
    Stream.of("é", "plain ".repeat(5000) + "é")
        .map(text -> text.getBytes(StandardCharsets.ISO_8859_1))
        .forEach(
            file -> {
              assertThrows(CharacterCodingException.class, () -> first(file));
              IllegalArgumentException e =
                  assertThrows(IllegalArgumentException.class, () -> Utf8.text(file));
              assertTrue(e.getMessage().startsWith("not a text in UTF-8"), e.getMessage());
            });
  }

  @Test
  void replacementCharacter_thatIsInTheFile_isText() {
    assertEquals("a\uFFFDb", Utf8.text("a\uFFFDb".getBytes(StandardCharsets.UTF_8)));
  }
}
