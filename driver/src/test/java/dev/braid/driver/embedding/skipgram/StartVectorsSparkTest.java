package dev.braid.driver.embedding.skipgram;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.LocalSpark;
import dev.braid.driver.embedding.corpus.Corpus;
import dev.braid.driver.embedding.corpus.CorpusVocabulary;
import dev.braid.driver.embedding.corpus.CountedCorpus;
import dev.braid.driver.embedding.corpus.VocabularyBlock;
import dev.braid.driver.embedding.glove.FittedGlove;
import dev.braid.driver.embedding.glove.GlovePlan;
import dev.braid.driver.embedding.vectors.VectorBlock;
import dev.braid.driver.embedding.vectors.VectorReader;
import dev.braid.driver.embedding.vectors.WordVectors;
import dev.braid.driver.run.RunContext;
import dev.braid.worker.embedding.LearningRates;
import dev.braid.worker.embedding.skipgram.SkipGram;
import dev.braid.worker.embedding.skipgram.SkipGram.Contexts;
import dev.braid.worker.glove.Glove;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

public class StartVectorsSparkTest {
  private static final RoundPlan ROUNDS = new RoundPlan(2, 1, "");

  @TempDir Path folder;

  @Test
  void vocabulary_keepsTheWordsOfTheStart_howeverRare() throws IOException {
    try (WordVectors start = start();
        Corpus corpus = corpus();
        CorpusVocabulary vocabulary =
            CorpusVocabulary.count(corpus, 3, 100, 2, Optional.of(start))) {
      VocabularyBlock words = VocabularyBlock.fromBytes(vocabulary.blocks().first()._2);
      // "rare" is known and occurs once, "absent" never; "once" is neither frequent nor known.
      assertArrayEquals(new String[] {"b", "a", "rare", "absent"}, words.words());
      assertArrayEquals(new long[] {5, 4, 1, 0}, words.counts());
    }
  }

  @Test
  void skipGram_goesOnFromTheStart_andNewWordsGetVectors() throws IOException {
    SkipGram almostStill =
        new SkipGram(Contexts.EACH, 2, 2, 1, 0, new LearningRates(1e-9, 1e-10), 1);
    SkipGramPlan plan =
        new SkipGramPlan(almostStill, 1, 2, 0, 1, "plain", SkipGramPlan.RowTable.DEFAULT);
    try (WordVectors start = start();
        Corpus corpus = corpus();
        CorpusVocabulary vocabulary =
            CorpusVocabulary.count(corpus, 3, 100, 2, Optional.of(start));
        WordVectors vectors =
            new FittedSkipGram(plan, ROUNDS, new RowPlacement(true, ""), 1, 0)
                .train(
                    RunContext.of(spark()),
                    new CountedCorpus(corpus, vocabulary, Optional.of(start)),
                    report -> {})) {
      assertStarted(byWord(vectors));
    }
  }

  @Test
  void glove_goesOnFromTheStart_andNewWordsGetVectors() throws IOException {
    GlovePlan plan =
        new GlovePlan(
            new Glove(
                2,
                new Glove.Window(2, true),
                0,
                new Glove.Weighting(10, 1),
                0,
                new LearningRates(1e-9, 1e-9)),
            1,
            3,
            0,
            1,
            "plain",
            1);
    try (WordVectors start = start();
        Corpus corpus = corpus();
        CorpusVocabulary vocabulary =
            CorpusVocabulary.count(corpus, 3, 100, 2, Optional.of(start));
        WordVectors vectors =
            new FittedGlove(plan, "")
                .train(
                    RunContext.of(spark()),
                    new CountedCorpus(corpus, vocabulary, Optional.of(start)),
                    pass -> {})) {
      assertStarted(byWord(vectors));
    }
  }

  private static void assertStarted(Map<String, float[]> vectors) {
    assertArrayEquals(new float[] {1, 2}, vectors.get("a"), 1e-5f);
    assertArrayEquals(new float[] {3, 4}, vectors.get("rare"), 1e-5f);
    assertArrayEquals(new float[] {5, 6}, vectors.get("absent"), 1e-5f);
    float[] fresh = vectors.get("b");
    assertTrue(fresh[0] != 0 && Math.abs(fresh[0]) < 2, Arrays.toString(fresh));
    assertEquals(4, vectors.size());
  }

  private static Map<String, float[]> byWord(WordVectors vectors) {
    Map<String, float[]> byWord = new HashMap<>();
    for (byte[] bytes : vectors.blocks().collect()) {
      VectorBlock block = VectorBlock.fromBytes(bytes);
      for (int i = 0; i < block.words().length; i++) {
        byWord.put(block.words()[i], Arrays.copyOfRange(block.vectors(), 2 * i, 2 * i + 2));
      }
    }
    return byWord;
  }

  private Corpus corpus() throws IOException {
    Files.writeString(folder.resolve("text.txt"), "a b a b once\nb a b rare\na b\n");
    return Corpus.read(spark(), folder.resolve("text.txt").toString(), "whitespace");
  }

  private WordVectors start() throws IOException {
    Path file = folder.resolve("start.txt");
    Files.write(file, List.of("3 2", "a 1 2", "rare 3 4", "absent 5 6"));
    return VectorReader.read(spark(), file.toString(), odd -> {});
  }

  private static SparkSession spark() {
    return LocalSpark.session();
  }
}
