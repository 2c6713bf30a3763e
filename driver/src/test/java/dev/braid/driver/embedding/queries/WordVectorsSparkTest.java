package dev.braid.driver.embedding.queries;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.braid.driver.LocalSpark;
import dev.braid.driver.embedding.vectors.VectorBlock;
import dev.braid.driver.embedding.vectors.VectorFiles;
import dev.braid.driver.embedding.vectors.VectorFiles.Format;
import dev.braid.driver.embedding.vectors.VectorReader;
import dev.braid.driver.embedding.vectors.WordVectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

public class WordVectorsSparkTest {
  private static final String[] WORDS = {"man", "king", "woman", "queen", "fühlen"};
  private static final float[] VECTORS = {1, 0, 0, 1, 1, 0, 0, 0, 1, 0, 1, 1, -1, 0.25f, 1e-7f};

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(Format.class)
  void everyFormat_isReadBackAsItWas(Format format) {
    String path = folder.resolve(format.fileName()).toString();
    try (WordVectors vectors = vectors()) {
      VectorFiles.write(spark(), vectors, format, path);
    }
    try (WordVectors read = VectorReader.read(spark(), path, odd -> fail(odd))) {
      assertEquals(5, read.numWords());
      assertEquals(3, read.dimension());
      VectorBlock first = VectorBlock.fromBytes(read.blocks().first());
      assertEquals("man", first.words()[0]);
      List<VectorBlock> blocks =
          read.blocks().collect().stream().map(VectorBlock::fromBytes).toList();
      float[] all = new float[15];
      int at = 0;
      for (VectorBlock block : blocks) {
        System.arraycopy(block.vectors(), 0, all, at, block.vectors().length);
        at += block.vectors().length;
      }
      assertArrayEquals(VECTORS, all);
    }
  }

  @Test
  void truncatedBinaryFile_isAnError_thatNamesTheOffset() throws IOException {
    Path whole = folder.resolve("whole.bin");
    try (WordVectors vectors = vectors()) {
      VectorFiles.write(spark(), vectors, Format.WORD2VEC_BINARY, whole.toString());
    }
    Path file = folder.resolve("short.bin");
    Files.write(file, Arrays.copyOf(Files.readAllBytes(whole), 30));
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> VectorReader.read(spark(), file.toString(), odd -> fail(odd)))
            .getMessage();
    assertTrue(message.contains("the file ends at byte 30, in word 2 of 5"), message);
  }

  @Test
  void textLineWithAMissingNumber_isAnError_thatNamesTheOffset() throws IOException {
    Path file = Files.writeString(folder.resolve("broken.txt"), "2 3\na 1 2 3\nb 1 2\n");
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> VectorReader.read(spark(), file.toString(), odd -> fail(odd)))
            .getMessage();
    assertTrue(message.contains("word 2 at byte 12 has 2 numbers instead of 3"), message);
  }

  /** A folder as others write it: ids with a gap, doubles, a word twice. */
  @Test
  void parquetOfOthers_isReadByWords_notByIds() {
    String path = folder.resolve("others.parquet").toString();
    spark()
        .sql(
            "select * from values (7, 'b', 1, array(0D, 1D)), (3, 'a', 2, array(1D, 0D)),"
                + " (9, 'a', 5, array(5D, 5D)), (12, 'c', 1, array(-1D, 0D))"
                + " as t(id, word, count, vector)")
        .repartition(3)
        .write()
        .parquet(path);
    List<String> said = new ArrayList<>();
    try (WordVectors read = VectorReader.read(spark(), path, said::add)) {
      FrequentWords words = FrequentWords.of(read, 10);
      assertEquals(List.of("a", "b", "c"), words.words());
      assertArrayEquals(new float[] {1, 0, 0, 1, -1, 0}, words.vectors());
    }
    assertEquals(1, said.size(), said.toString());
    assertTrue(said.get(0).contains("1 rows have a word that an earlier row has"), said.get(0));
  }

  @Test
  void parquetWithoutItsColumns_isRefusedByName() {
    String path = folder.resolve("others.parquet").toString();
    spark().sql("select 1 as id, 'a' as word, 'x' as vector, 1 as count").write().parquet(path);
    assertRefused(path, "column 'vector' is string, but an array of numbers is needed");
    String bare = folder.resolve("bare.parquet").toString();
    spark().sql("select 'a' as word, array(1F) as vector").write().parquet(bare);
    assertRefused(bare, "there is no column 'id'; id, word, count and vector are needed, there");
  }

  private static void assertRefused(String path, String message) {
    String found =
        assertThrows(
                IllegalArgumentException.class,
                () -> VectorReader.read(spark(), path, odd -> fail(odd)))
            .getMessage();
    assertTrue(found.contains(message), found);
  }

  @ParameterizedTest
  @ValueSource(strings = {"new york", "", "tab\tbed"})
  void wordThatAFileWouldCut_isRefusedByFiles_andLeftToParquet(String word) {
    VectorBlock block =
        new VectorBlock(0, new String[] {word, "b"}, new long[2], new float[] {1, 0, 0, 1});
    try (WordVectors vectors = WordVectors.of(context().parallelize(List.of(block.toBytes())))) {
      for (Format format : List.of(Format.WORD2VEC_TEXT, Format.WORD2VEC_BINARY)) {
        String path = folder.resolve(format.fileName()).toString();
        Exception refused =
            assertThrows(Exception.class, () -> VectorFiles.write(spark(), vectors, format, path));
        assertTrue(
            refused.getMessage().contains("the word '" + word + "' cannot be written"),
            refused.getMessage());
      }
      String path = folder.resolve("vectors.parquet").toString();
      VectorFiles.write(spark(), vectors, Format.PARQUET, path);
      try (WordVectors read = VectorReader.read(spark(), path, odd -> fail(odd))) {
        assertEquals(word, FrequentWords.of(read, 1).words().get(0));
      }
    }
  }

  @Test
  void wordWithBlanks_isAlsoKnownJoined() {
    try (WordVectors vectors =
        WordVectors.of(
            context()
                .parallelize(
                    List.of(
                        new VectorBlock(
                                0,
                                new String[] {"new_york", "blue sky", "red"},
                                new long[3],
                                new float[] {1, 0, 0, 1, 1, 1})
                            .toBytes())))) {
      assertEquals("red", NearestWords.to(vectors, "new york", 1).get(0).word());
      assertEquals("red", NearestWords.to(vectors, "blue sky", 1).get(0).word());
      assertEquals("red", NearestWords.to(vectors.joined(), "blue_sky", 1).get(0).word());
    }
  }

  @Test
  void requireRoom_refusesWhatIsTooLargeForOneFile() {
    VectorFiles.requireRoom(Format.PARQUET, 1L << 40, 300, 1);
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> VectorFiles.requireRoom(Format.WORD2VEC_BINARY, 1_000_000, 300, 1 << 30))
            .getMessage();
    assertTrue(message.contains("1,000,000 words of dimension 300"), message);
  }

  @Test
  void neighbours_areOrderedByCosine_withoutTheWordItself() {
    try (WordVectors vectors = vectors()) {
      List<NearestWords.Neighbour> found = NearestWords.to(vectors, "king", 2);
      assertEquals("man", found.get(0).word());
      assertEquals(Math.sqrt(0.5), found.get(0).cosine(), 1e-6);
      assertEquals("queen", found.get(1).word());
      assertEquals(0.5, found.get(1).cosine(), 1e-6);
    }
  }

  @Test
  void analogy_manIsToKing_asWomanIsToQueen() {
    try (WordVectors vectors = vectors()) {
      assertEquals("queen", NearestWords.analogy(vectors, "man", "king", "woman", 1).get(0).word());
    }
  }

  @Test
  void unknownWord_isAnError_thatNamesWordsSpelledAlike() {
    try (WordVectors vectors = vectors()) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> NearestWords.to(vectors, "womam", 1))
              .getMessage();
      assertEquals("unknown word 'womam'; did you mean woman?", message);
    }
  }

  @Test
  void evaluation_countsPairsAndAnalogies() {
    try (WordVectors vectors = vectors()) {
      VectorEvaluation evaluation = new VectorEvaluation(spark(), vectors, 100);
      VectorEvaluation.Similarity similarity =
          evaluation.similarity(
              List.of(
                  new WordPair("Man", "king", 9),
                  new WordPair("king", "queen", 5),
                  new WordPair("man", "fühlen", 0),
                  new WordPair("man", "zebra", 3)));
      assertEquals(1, similarity.spearman());
      assertEquals(3, similarity.numPairs());
      assertEquals("1 left out for 1 unknown word: zebra", similarity.unknown().sentence());
      VectorEvaluation.Analogies answered =
          evaluation.analogies(
              List.of(
                  new AnalogyQuestion("royal", List.of("man", "king", "woman", "queen")),
                  new AnalogyQuestion("royal", List.of("man", "king", "zebra", "gnu"))));
      assertEquals(
          List.of(
              new VectorEvaluation.Section("royal", 1, 1),
              new VectorEvaluation.Section("total", 1, 1)),
          answered.sections());
      assertEquals("1 left out for 2 unknown words: zebra, gnu", answered.unknown().sentence());
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> evaluation.similarity(List.of(new WordPair("man", "zebra", 3))))
              .getMessage();
      assertEquals(
          "only 0 of 1 pairs have known words; 1 left out for 1 unknown word: zebra", message);
    }
  }

  private static WordVectors vectors() {
    VectorBlock first =
        new VectorBlock(
            0, Arrays.copyOf(WORDS, 3), new long[] {5, 4, 3}, Arrays.copyOf(VECTORS, 9));
    VectorBlock second =
        new VectorBlock(
            3,
            Arrays.copyOfRange(WORDS, 3, 5),
            new long[] {2, 1},
            Arrays.copyOfRange(VECTORS, 9, 15));
    return WordVectors.of(context().parallelize(List.of(first.toBytes(), second.toBytes()), 2));
  }

  private static SparkSession spark() {
    return LocalSpark.session();
  }

  private static JavaSparkContext context() {
    return new JavaSparkContext(spark().sparkContext());
  }
}
