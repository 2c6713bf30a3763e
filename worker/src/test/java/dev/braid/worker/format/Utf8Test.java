package dev.braid.worker.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "504152311500|a Parquet file; read it as parquet: {path: ...}",
        "1F8B080000000000|packed by gzip; give it a name that ends in .gz, or unpack it",
        "504B030414000000|a zip archive; unpack it",
        "4F5243000A|an ORC file; write it as Parquet or CSV",
        "0100000203040000050600|bytes of an unknown kind"
      })
  void fileThatIsNoText_isNamedByItsKind(String hex, String expected) {
    byte[] file = HexFormat.of().parseHex(hex);
    String message = assertThrows(IllegalArgumentException.class, () -> first(file)).getMessage();
    assertTrue(message.startsWith("a.txt: no text, but " + expected), message);
  }

  @Test
  void workbook_isToldFromOtherZipFiles() throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(file)) {
      zip.putNextEntry(new ZipEntry("[Content_Types].xml"));
    }
    String message =
        assertThrows(IllegalArgumentException.class, () -> first(file.toByteArray())).getMessage();
    assertEquals("a.txt: no text, but an Excel workbook; save the sheet as CSV", message);
  }

  @Test
  void textThatBeginsAsAnotherKindsFiles_isText() throws IOException {
    for (String text : List.of("ORC,elf", "BZh,x", "PAR1\tPAR2", "PK,id")) {
      assertEquals(text, first(text.getBytes(StandardCharsets.UTF_8)));
    }
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
