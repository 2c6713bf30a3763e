package dev.braid.driver.embedding.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.braid.driver.LocalSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

public class PhrasesSparkTest {
  @TempDir Path folder;

  /** 21 tokens: new 5 times, york 5, times 3; new york 5 times, york times 3. */
  private Corpus corpus() throws IOException {
    Files.writeString(
        folder.resolve("a.txt"),
        "new york times a b\nnew york times c\nnew york times d e f\nnew york\ng new york h\n");
    return Corpus.read(LocalSpark.session(), folder.resolve("a.txt").toString(), "whitespace");
  }

  @Test
  void pairs_areJoined_fromLeftToRight_whereTheyScoreAboveTheThreshold() throws IOException {
    try (Corpus corpus = corpus()) {
      assertEquals(
          Set.of("new\u0000york", "york\u0000times"), new Phrases(2.79, 1, 1).find(corpus));
      // (5 - 1) x 21 / (5 x 5) = 3.36 and (3 - 1) x 21 / (5 x 3) = 2.8
      assertEquals(Set.of("new\u0000york"), new Phrases(3.35, 1, 1).find(corpus));
      assertEquals(Set.of(), new Phrases(3.37, 1, 1).find(corpus));
    }
  }

  @Test
  void corpus_isTheSameButForThePhrases_andPassesJoinLongerOnes() throws IOException {
    assertEquals(5L, counts(1).get("new_york"));
    assertEquals(3L, counts(1).get("times"));
    assertEquals(1L, counts(1).get("a"));
    assertEquals(3L, counts(2).get("new_york_times"));
    assertEquals(2L, counts(2).get("new_york"));
  }

  @Test
  void settings_areChecked() {
    assertThrows(IllegalArgumentException.class, () -> new Phrases(0, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new Phrases(1, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new Phrases(1, 1, 0));
  }

  private Map<String, Long> counts(int passes) throws IOException {
    Map<String, Long> counts = new HashMap<>();
    try (Corpus corpus = new Phrases(1.5, 1, passes).join(LocalSpark.session(), corpus());
        CorpusVocabulary vocabulary =
            CorpusVocabulary.count(corpus, 1, 100, 10, Optional.empty())) {
      VocabularyBlock words = VocabularyBlock.fromBytes(vocabulary.blocks().first()._2);
      for (int i = 0; i < words.words().length; i++) {
        counts.put(words.words()[i], words.counts()[i]);
      }
    }
    return counts;
  }
}
