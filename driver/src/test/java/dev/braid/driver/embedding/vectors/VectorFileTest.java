package dev.braid.driver.embedding.vectors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.embedding.WordTable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

public class VectorFileTest {
  @TempDir Path folder;
  private final List<String> said = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "vectors.txt",
        "vectors.glove.txt",
        "vectors.bin",
        "vectors.txt.gz",
        "vectors.bin.bz2"
      })
  void duplicateWord_leavesEveryWordItsOwnVector(String name) throws IOException {
    WordTable table =
        read(
            name,
            file(
                name,
                5,
                row("film", 1, 0),
                row("film", 9, 9),
                row("good", 0, 1),
                row("bad", -1, 0),
                row("good", 9, 9)));
    assertEquals(List.of("film", "good", "bad"), table.words());
    assertArrayEquals(new float[] {1, 0, 0, 1, -1, 0}, table.vectors());
    assertEquals(2, table.numDuplicates());
    assertEquals(1, said.size(), said.toString());
    assertTrue(said.get(0).contains("2 rows have a word that an earlier row has"), said.get(0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"vectors.txt", "vectors.bin"})
  void headerOfTooFewWords_cutsNoneOff_andIsSaid(String name) throws IOException {
    WordTable table = read(name, file(name, 1, row("a", 1, 2), row("b", 3, 4), row("</s>", 5, 6)));
    assertEquals(List.of("a", "b", "</s>"), table.words());
    assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, table.vectors());
    assertEquals(
        List.of(
            "vectors %s: the first line speaks of 1 words, but there are 3; all are read"
                .formatted(folder.resolve(name))),
        said);
  }

  @ParameterizedTest
  @ValueSource(strings = {"vectors.txt", "vectors.bin"})
  void headerOfTooManyWords_isRefused_withTheNumberFound(String name) throws IOException {
    byte[] file = file(name, 7, row("a", 1, 2), row("b", 3, 4), row("b", 3, 4));
    assertRefused(
        name,
        file,
        "the file ends at byte " + file.length + ", after 3 words of 7 that its first line speaks");
  }

  @Test
  void binaryRowsBehindTheDeclaredOnes_mustBeWhole() throws IOException {
    byte[] file = file("vectors.bin", 1, row("a", 1, 2), row("b", 3, 4));
    assertRefused(
        "vectors.bin",
        java.util.Arrays.copyOf(file, file.length - 3),
        "the file ends at byte " + (file.length - 3) + ", in word 2 of 1");
  }

  @Test
  void gloveWordsWithBlanks_areWordsOfTheirOwn() throws IOException {
    WordTable table =
        read(
            "glove.txt",
            """
            , 0.5 1 -2e-3
            . . . 1 2 3
            at name@domain.com 4 5 6
            1 7 8 9
            """);
    assertEquals(List.of(",", ". . .", "at name@domain.com", "1"), table.words());
    assertArrayEquals(new float[] {0.5f, 1, -0.002f, 1, 2, 3, 4, 5, 6, 7, 8, 9}, table.vectors());
    assertEquals(List.of(), said);
  }

  @Test
  void gloveFile_mayBeginWithAWordWithBlanks() throws IOException {
    WordTable table = read("glove.txt", ". . . 1 2\nthe 3 4\n");
    assertEquals(List.of(". . .", "the"), table.words());
    assertEquals(2, table.dimension());
  }

  /** Two whole numbers are word2vec's first line, or a word that is a number and its only one. */
  @ParameterizedTest
  @CsvSource({
    "'2 3|a 1 2 3|b 4 5 6|', 'a,b', 3",
    "'2 3|the 5|a 6|', '2,the,a', 1",
    "'2 1|a 5|b 6|', 'a,b', 1",
    "'2 3|4 1 2 3|5 4 5 6|', '4,5', 3",
    "'2003 3 1|2004 5 6|', '2003,2004', 2"
  })
  void firstLineOfNumbers_isTakenForWhatTheNextSaysItIs(String lines, String words, int dimension)
      throws IOException {
    WordTable table = read("vectors.txt", lines.replace('|', '\n'));
    assertEquals(List.of(words.split(",")), table.words());
    assertEquals(dimension, table.dimension());
  }

  @Test
  void endsOfLines_marksAndBlanksAtTheEnd_areNoPartOfWords() throws IOException {
    WordTable table = read("vectors.txt", "\uFEFF2 2\r\na\t1 2 \r\n\r\n\u00a0b  3 4\t\r\n\r\n");
    assertEquals(List.of("a", "\u00a0b"), table.words());
    assertArrayEquals(new float[] {1, 2, 3, 4}, table.vectors());
    assertEquals(List.of(), said);
  }

  @Test
  void contents_notTheName_tellBinaryFromText() throws IOException {
    assertEquals(List.of("a"), read("model.vec", file("x.bin", 1, row("a", 1, 2))).words());
    assertEquals(List.of("a"), read("text.bin", file("x.txt", 1, row("a", 1, 2))).words());
    assertEquals(List.of("\u0001"), read("odd.txt", file("x.txt", 1, row("\u0001", 1, 2))).words());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "2 2|a 1 2|b 3|; line 3, word 2 at byte 10 has 1 numbers instead of 2",
        "a 1 2|b 3 4 5|; line 2, word 2 at byte 6 has 3 numbers instead of 2",
        "2 2|a 1 2|b 3 x|; line 3, word 2 at byte 10: 'x' is no number; 2 are wanted",
        "a 1 2|b 3 nan|; line 2, word 2 at byte 6: nan is no finite number",
        "a 1 2|b -Infinity 4|; line 2, word 2 at byte 6: -Infinity is no finite number",
        "a 1 2|b 3 1e99|; line 2, word 2 at byte 6: 1e99 is no finite number",
        "a 1 2|  3 4|; line 2, word 2 at byte 6",
        "hello world|; line 1 is neither 'words dimension' nor a word and its numbers",
        "2 2|; the file has no words",
        "||; the file has no words"
      })
  void brokenText_isRefused_withItsLine(String lines, String message) throws IOException {
    byte[] file = lines.replace('|', '\n').getBytes(StandardCharsets.UTF_8);
    assertRefused("vectors.txt", file, message);
  }

  @Test
  void binaryNumberThatIsNotFinite_isRefused_withItsWord() throws IOException {
    assertRefused(
        "vectors.bin",
        file("vectors.bin", 2, row("a", 1, 2), row("b", Float.NaN, 4)),
        "word 2 before byte 25: NaN is no finite number");
  }

  @Test
  void otherKindsOfFiles_areRefusedByName() throws IOException {
    assertRefused("part.parquet", "PAR1xx".getBytes(StandardCharsets.UTF_8), "a file of Parquet");
    assertRefused(
        "cc.en.bin", new byte[] {(byte) 0xba, 0x16, 0x4f, 0x2f, 1, 0}, "take its .vec file");
    assertRefused("utf16.txt", "a 1 2\n".getBytes(StandardCharsets.UTF_16LE), "UTF-16");
  }

  @Test
  void wordThatIsNoUtf8_isSaid() throws IOException {
    WordTable table = read("vectors.txt", new byte[] {'x', (byte) 0xe9, ' ', '1', ' ', '2', '\n'});
    assertEquals(List.of("x\uFFFD"), table.words());
    assertTrue(said.get(0).contains("1 words are no UTF-8"), said.toString());
  }

  @Test
  void isVectors_tellsVectorsFromListsOfWords() throws IOException {
    assertTrue(isVectors("a.txt", "2 2\na 1 2\nb 3 4\n"));
    assertTrue(isVectors("b.txt", "a 1 2\nb 3 4\n"));
    assertTrue(isVectors("c.txt", "2 1\na 1\nb 3\n"));
    assertFalse(isVectors("d.txt", "the\ncat\n"));
    assertFalse(isVectors("e.txt", "the 120\ncat 7\n"));
    assertFalse(isVectors("f.txt", ""));
  }

  private boolean isVectors(String name, String text) throws IOException {
    Path file = Files.writeString(folder.resolve(name), text);
    return VectorReader.isVectors(file.toString(), new Configuration());
  }

  @Test
  void words_areThoseOfTheTable() throws IOException {
    String path =
        Files.write(
                folder.resolve("vectors.txt"),
                file("vectors.txt", 3, row("a", 1, 2), row("a", 1, 2), row("b", 3, 4)))
            .toString();
    assertEquals(List.of("a", "b"), VectorReader.words(path, new Configuration(), 9));
    assertEquals(List.of("a"), VectorReader.words(path, new Configuration(), 1));
  }

  private static OutputStream packed(String name, OutputStream raw) throws IOException {
    CompressionCodec codec =
        new CompressionCodecFactory(new Configuration())
            .getCodec(new org.apache.hadoop.fs.Path(name));
    return codec == null ? raw : codec.createOutputStream(raw);
  }

  @SuppressWarnings("ArrayRecordComponent") // written, not compared
  private record Entry(String word, float[] vector) {}

  private static Entry row(String word, float... vector) {
    return new Entry(word, vector);
  }

  /** A file of the format that its name tells, with a first line of so many words. */
  private static byte[] file(String name, int declared, Entry... rows) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = packed(name, bytes)) {
      if (!name.contains("glove")) {
        out.write((declared + " 2\n").getBytes(StandardCharsets.UTF_8));
      }
      for (Entry row : rows) {
        out.write((row.word + " ").getBytes(StandardCharsets.UTF_8));
        if (name.contains(".bin")) {
          ByteBuffer floats = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
          out.write(floats.putFloat(row.vector[0]).putFloat(row.vector[1]).array());
        } else {
          out.write((row.vector[0] + " " + row.vector[1]).getBytes(StandardCharsets.UTF_8));
        }
        out.write('\n');
      }
    }
    return bytes.toByteArray();
  }

  private WordTable read(String name, String text) throws IOException {
    return read(name, text.getBytes(StandardCharsets.UTF_8));
  }

  private WordTable read(String name, byte[] file) throws IOException {
    Path path = Files.write(folder.resolve(name), file);
    return VectorReader.table(path.toString(), new Configuration(), said::add);
  }

  private void assertRefused(String name, byte[] file, String message) {
    String found =
        assertThrows(IllegalArgumentException.class, () -> read(name, file)).getMessage();
    assertTrue(found.contains(message) && found.contains(name), found);
  }
}
