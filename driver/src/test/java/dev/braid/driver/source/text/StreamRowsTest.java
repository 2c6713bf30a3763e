package dev.braid.driver.source.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.source.row.FilePart;
import dev.braid.driver.source.row.Parts;
import dev.braid.driver.source.row.Placed;
import dev.braid.driver.source.row.Selection;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.compress.BZip2Codec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamRowsTest {
  private static final Selection TEXT = new Selection(List.of(TextRows.TEXT), List.of(), 1);

  @TempDir private Path folder;

  @Test
  void characters_areCutWithTheLastAsTheNextFirst() throws IOException {
    assertEquals(
        List.of("abcd", "def\n", "\ng"), rows("characters", 3, StreamPart.ALL, "abcdef\ng"));
  }

  @Test
  void charactersBeyondTheBasicPlane_areOneToken() throws IOException {
    assertEquals(
        List.of("a\uD83D\uDE00", "\uD83D\uDE00b"),
        rows("characters", 1, StreamPart.ALL, "a\uD83D\uDE00b"));
  }

  @Test
  void words_haveALineEndBehindEachLine() throws IOException {
    assertEquals(
        List.of("Speak,|\n|\n", "\n|speak.|again", "again|\n"),
        wordRows("whitespace", 2, "Speak,\n\nspeak. again\n"));
    assertEquals(List.of("speak|\n|once|\n"), wordRows("letters", 5, "Speak!\nOnce"));
  }

  @Test
  void everyToken_butTheFirst_isPredictedOnce_whateverTheLength() throws IOException {
    Random random = new Random(5);
    for (int trial = 0; trial < 50; trial++) {
      int size = 2 + random.nextInt(40);
      int length = 1 + random.nextInt(12);
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < size; i++) {
        text.append((char) ('a' + random.nextInt(26)));
      }
      List<String> rows = rows("characters", length, StreamPart.ALL, text.toString());
      StringBuilder predicted = new StringBuilder().append(text.charAt(0));
      rows.forEach(row -> predicted.append(row, 1, row.length()));
      assertEquals(text.toString(), predicted.toString());
      rows.subList(0, rows.size() - 1).forEach(row -> assertEquals(length + 1, row.length()));
    }
  }

  @Test
  void parts_thatMeet_haveAllTokensOnce() throws IOException {
    String text = "0123456789abc"; // 13 tokens: 0.9 of them are 11.7
    assertEquals(List.of("0123456789a"), rows("characters", 50, new StreamPart(null, 0.9), text));
    assertEquals(List.of("bc"), rows("characters", 50, new StreamPart(0.9, null), text));
    assertEquals(List.of("3456"), rows("characters", 50, new StreamPart(0.25, 0.6), text));
  }

  @Test
  void packedFiles_areTheSameStream() throws IOException {
    byte[] text = "To be, or not to be".getBytes(StandardCharsets.UTF_8);
    Path gz = folder.resolve("text.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(gz))) {
      out.write(text);
    }
    BZip2Codec codec = new BZip2Codec();
    codec.setConf(new Configuration());
    Path bz2 = folder.resolve("text.bz2");
    try (OutputStream out = codec.createOutputStream(Files.newOutputStream(bz2))) {
      out.write(text);
    }
    List<String> plain = rows("characters", 7, StreamPart.ALL, "To be, or not to be");
    assertEquals(plain, texts(read(gz, "characters", 7, StreamPart.ALL), ""));
    assertEquals(plain, texts(read(bz2, "characters", 7, StreamPart.ALL), ""));
  }

  @Test
  void streamShorterThanOneStep_isBroken() throws IOException {
    assertEquals(
        "the stream is shorter than one step: all of it here has 1 token, and each is predicted"
            + " from those before it",
        problem("a", StreamPart.ALL));
    assertEquals(
        "the stream is shorter than one step: its part here has 0 tokens, and each is predicted"
            + " from those before it",
        problem("abcdefgh", new StreamPart(0.99, 0.995)));
  }

  private String problem(String text, StreamPart part) throws IOException {
    Path file = Files.writeString(folder.resolve("short.txt"), text);
    List<Placed<Object[]>> rows = read(file, "characters", 5, part);
    assertEquals(1, rows.size());
    return rows.get(0).problem();
  }

  @Test
  void damagedFile_isBrokenFromThereOn() throws IOException {
    Path file = folder.resolve("damaged.txt");
    byte[] text = "x".repeat(200_000).getBytes(StandardCharsets.UTF_8);
    text[190_000] = (byte) 0xFF;
    Files.write(file, text);
    List<Placed<Object[]>> rows = read(file, "characters", 50_000, StreamPart.ALL);
    assertTrue(rows.get(0).value() != null);
    Placed<Object[]> last = rows.get(rows.size() - 1);
    assertTrue(last.isBroken());
    assertTrue(last.problem().startsWith("cannot be read from here on"), last.problem());
  }

  @Test
  void partsOutOfRange_areRefused() {
    assertEquals(
        "part: expected shares with 0 <= from < to <= 1, got from 0.9, to 0.1",
        assertThrows(IllegalArgumentException.class, () -> new StreamPart(0.9, 0.1)).getMessage());
  }

  private List<String> rows(String tokenizer, int length, StreamPart part, String text)
      throws IOException {
    Path file = Files.writeString(folder.resolve("text.txt"), text);
    return texts(read(file, tokenizer, length, part), "");
  }

  private List<String> wordRows(String tokenizer, int length, String text) throws IOException {
    Path file = Files.writeString(folder.resolve("text.txt"), text);
    return texts(read(file, tokenizer, length, StreamPart.ALL), "|");
  }

  private static List<String> texts(List<Placed<Object[]>> rows, String between) {
    return rows.stream()
        .map(row -> (List<?>) row.value()[0])
        .map(tokens -> String.join(between, tokens.toArray(new String[0])))
        .toList();
  }

  private static List<Placed<Object[]>> read(
      Path file, String tokenizer, int length, StreamPart part) throws IOException {
    FilePart whole = new FilePart(file.toString(), 0, Files.size(file));
    List<Placed<Object[]>> all = new ArrayList<>();
    StreamRows reader = new StreamRows(TEXT, tokenizer, length, part);
    try (Parts.Rows<Object[]> rows = reader.open(whole, new Configuration())) {
      for (Placed<Object[]> row = rows.next(); row != null; row = rows.next()) {
        all.add(row);
      }
    }
    return all;
  }
}
