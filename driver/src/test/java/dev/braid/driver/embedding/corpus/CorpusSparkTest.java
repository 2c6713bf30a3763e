package dev.braid.driver.embedding.corpus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.LocalSpark;
import dev.braid.driver.embedding.Texts;
import dev.braid.worker.embedding.token.TokenBlock;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

public class CorpusSparkTest {
  @TempDir Path folder;

  @Test
  void vocabulary_isSortedByCount_thenByWord() throws IOException {
    Files.writeString(folder.resolve("a.txt"), "b a c b\nrare d d\n");
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(folder.resolve("b.txt.gz")))) {
      out.write("b c a\n".getBytes(StandardCharsets.UTF_8));
    }
    try (Corpus corpus = read();
        CorpusVocabulary vocabulary =
            CorpusVocabulary.count(corpus, 2, 100, 10, Optional.empty())) {
      VocabularyBlock block = VocabularyBlock.fromBytes(vocabulary.blocks().first()._2);
      assertArrayEquals(new String[] {"b", "a", "c", "d"}, block.words());
      assertArrayEquals(new long[] {3, 2, 2, 2}, block.counts());
      assertEquals(9, vocabulary.numTokens());
    }
  }

  @Test
  void vocabulary_keepsTheMostFrequent_upToItsSize() throws IOException {
    Files.writeString(folder.resolve("a.txt"), "a a a b b c\n");
    try (Corpus corpus = read();
        CorpusVocabulary vocabulary = CorpusVocabulary.count(corpus, 1, 2, 10, Optional.empty())) {
      assertEquals(2, vocabulary.numWords());
      assertEquals(5, vocabulary.numTokens());
    }
  }

  @Test
  void tokenBlocks_holdAllTextsInTheirOrder_andNearlyEqualNumbersOfTokens() {
    Texts.write(folder, 300);
    try (Corpus corpus = read();
        CorpusVocabulary vocabulary =
            CorpusVocabulary.count(corpus, 1, 1000, 10, Optional.empty());
        TokenBlocks blocks = TokenBlocks.of(corpus, vocabulary, 7)) {
      VocabularyBlock words = VocabularyBlock.fromBytes(vocabulary.blocks().first()._2);
      List<String> lines = new ArrayList<>();
      for (byte[] bytes : blocks.blocks().collect()) {
        TokenBlock block = TokenBlock.fromBytes(bytes);
        int from = 0;
        for (int end : block.textEnds()) {
          lines.add(
              String.join(
                  " ",
                  Arrays.stream(block.tokens(), from, end)
                      .mapToObj(token -> words.words()[block.ids()[token]])
                      .toList()));
          from = end;
        }
      }
      assertEquals(allLines(), lines);
      for (long size : blocks.numTokens()) {
        assertEquals(300 * 20 / 7.0, (double) size, 20);
      }
    }
  }

  @Test
  void lineThatIsNoUtf8_isCounted_andTheOthersRead() throws IOException {
    Files.write(
        folder.resolve("a.txt"),
        new byte[] {'a', ' ', 'b', '\n', 'x', (byte) 0xff, '\n', 'a', '\n'});
    try (Corpus corpus = read();
        CorpusVocabulary vocabulary =
            CorpusVocabulary.count(corpus, 1, 100, 10, Optional.empty())) {
      assertEquals(1, corpus.brokenLines());
      assertEquals(3, vocabulary.numTokens());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32LE"})
  void fileInAnotherEncoding_isRefusedByName(String encoding) throws IOException {
    Files.writeString(folder.resolve("a.txt"), "a b c\n");
    Files.write(folder.resolve("b.txt"), "the cat\nsat on\n".getBytes(Charset.forName(encoding)));
    String message = assertThrows(IllegalArgumentException.class, this::read).getMessage();
    assertTrue(message.contains("b.txt: the text is UTF-"), message);
  }

  @Test
  void lineWithZeroBytes_isBroken() throws IOException {
    String text = "word ".repeat(300) + "\n";
    Files.writeString(folder.resolve("a.txt"), text + "a\0b\0\n" + text);
    try (Corpus corpus = read()) {
      assertEquals(1, corpus.brokenLines());
      assertEquals(2, corpus.numTexts());
    }
  }

  @Test
  void byteOrderMark_isNoPartOfTheFirstWord() throws IOException {
    Files.writeString(folder.resolve("a.txt"), "\uFEFFa b a\n");
    try (Corpus corpus = read();
        CorpusVocabulary vocabulary =
            CorpusVocabulary.count(corpus, 1, 100, 10, Optional.empty())) {
      VocabularyBlock block = VocabularyBlock.fromBytes(vocabulary.blocks().first()._2);
      assertArrayEquals(new String[] {"a", "b"}, block.words());
    }
  }

  @Test
  void emptyCorpus_isAnError() throws IOException {
    Files.writeString(folder.resolve("a.txt"), "\n\n");
    assertTrue(messageOfCounting(5).contains("the corpus has no words"));
  }

  @Test
  void noWordOftenEnough_isAnError_thatNamesTheMostFrequent() throws IOException {
    Files.writeString(folder.resolve("a.txt"), "a b a c a\n");
    String message = messageOfCounting(5);
    assertEquals("no word occurs minCount 5 times, the most frequent one 3", message);
  }

  @Test
  void missingFolder_isAnError() {
    String path = folder.resolve("nowhere").toString();
    assertThrows(IllegalArgumentException.class, () -> Corpus.read(spark(), path, "whitespace"));
  }

  private String messageOfCounting(int minCount) {
    try (Corpus corpus = read()) {
      return assertThrows(
              IllegalArgumentException.class,
              () -> CorpusVocabulary.count(corpus, minCount, 100, 10, Optional.empty()))
          .getMessage();
    }
  }

  private List<String> allLines() {
    List<String> lines = new ArrayList<>();
    for (int part = 0; part < 3; part++) {
      try {
        Files.readAllLines(folder.resolve("part-" + part + ".txt"))
            .forEach(line -> lines.add(line.trim()));
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
    return lines;
  }

  private Corpus read() {
    return Corpus.read(spark(), folder.toString(), "whitespace");
  }

  private static SparkSession spark() {
    return LocalSpark.session();
  }
}
