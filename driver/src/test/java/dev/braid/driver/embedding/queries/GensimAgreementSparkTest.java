package dev.braid.driver.embedding.queries;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.driver.LocalSpark;
import dev.braid.driver.embedding.vectors.VectorBlock;
import dev.braid.driver.embedding.vectors.WordVectors;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The figures of gensim 4.2 (evaluate_word_pairs, evaluate_word_analogies with restrict_vocab) on
 * the same vectors, recorded; words differ in case, some are unknown, scores tie.
 */
public class GensimAgreementSparkTest {
  private static final int NUM_WORDS = 120;
  private static final int DIMENSION = 12;

  @ParameterizedTest
  @CsvSource({"300000, 0.07126595861794618, 79, 11", "60, -0.04098856211831337, 20, 70"})
  void similarity_equalsGensims(int maxWords, double spearman, int numPairs, int numMissing) {
    try (WordVectors vectors = vectors()) {
      VectorEvaluation.Similarity similarity =
          new VectorEvaluation(spark(), vectors, maxWords)
              .similarity(WordPair.parse("pairs", pairs()));
      assertEquals(spearman, similarity.spearman(), 5e-4); // three digits
      assertEquals(numPairs, similarity.numPairs());
      assertEquals(numMissing, similarity.unknown().numQuestions());
    }
  }

  @Test
  void analogies_equalGensims_sectionBySection() {
    try (WordVectors vectors = vectors()) {
      assertEquals(
          List.of(
              new VectorEvaluation.Section("section0", 8, 20),
              new VectorEvaluation.Section("section1", 7, 19),
              new VectorEvaluation.Section("section2", 9, 19),
              new VectorEvaluation.Section("total", 24, 58)),
          new VectorEvaluation(spark(), vectors, 300_000)
              .analogies(AnalogyQuestion.parse("analogies", analogies()))
              .sections());
      assertEquals(
          List.of(
              new VectorEvaluation.Section("section0", 5, 11),
              new VectorEvaluation.Section("section1", 3, 10),
              new VectorEvaluation.Section("section2", 5, 10),
              new VectorEvaluation.Section("total", 13, 31)),
          new VectorEvaluation(spark(), vectors, 60)
              .analogies(AnalogyQuestion.parse("analogies", analogies()))
              .sections());
    }
  }

  private static double value(int word, int d) {
    return (word * 31 + d * 17 + word * d * 7 + word * word * 5) % 97 / 48.5 - 1;
  }

  /** Every fourth word is nearly to the one before it as the second is to the first. */
  private static WordVectors vectors() {
    double[][] rows = new double[NUM_WORDS][DIMENSION];
    String[] words = new String[NUM_WORDS];
    for (int word = 0; word < NUM_WORDS; word++) {
      words[word] = word == 7 ? "W6" : (word % 5 == 0 ? "W" : "w") + word;
      for (int d = 0; d < DIMENSION; d++) {
        rows[word][d] =
            word % 4 < 3
                ? value(word, d)
                : rows[word - 2][d] - rows[word - 3][d] + rows[word - 1][d] + 1.2 * value(word, d);
      }
    }
    float[] all = new float[NUM_WORDS * DIMENSION];
    for (int i = 0; i < all.length; i++) {
      all[i] = (float) rows[i / DIMENSION][i % DIMENSION];
    }
    VectorBlock block = new VectorBlock(0, words, new long[NUM_WORDS], all);
    return WordVectors.of(
        new JavaSparkContext(spark().sparkContext()).parallelize(List.of(block.toBytes()), 1));
  }

  private static List<String> pairs() {
    List<String> lines = new ArrayList<>(List.of("# two words and a score"));
    for (int k = 0; k < 90; k++) {
      lines.add(
          "w%d\tw%d\t%s"
              .formatted(
                  k * 7 % NUM_WORDS, (k * k * 3 + k + 1) % (NUM_WORDS + 15), k * 13 % 11 / 2.0));
    }
    return lines;
  }

  private static List<String> analogies() {
    List<String> lines = new ArrayList<>();
    for (int s = 0; s < 3; s++) {
      lines.add(": section" + s);
      for (int k = s; k < NUM_WORDS / 4; k += 3) {
        lines.add("w%d w%d w%d w%d".formatted(4 * k, 4 * k + 1, 4 * k + 2, 4 * k + 3));
      }
      for (int k = 0; k < 10; k++) {
        lines.add(
            "w%d w%d w%d w%d"
                .formatted(
                    (k * 11 + s) % 130,
                    (k * 7 + 3) % 130,
                    (k * 5 + 1) % 130,
                    (k * 3 + 2 + s) % 130));
      }
    }
    return lines;
  }

  private static SparkSession spark() {
    return LocalSpark.session();
  }
}
