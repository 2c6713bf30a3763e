package dev.braid.jobs.embedding;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.braid.driver.embedding.EmbeddingRun;
import dev.braid.driver.embedding.corpus.Phrases;
import dev.braid.worker.embedding.token.Tokenizer;
import java.util.Optional;

/**
 * The texts of a job file of {@code braid embed}.
 *
 * @param path files, a folder or a pattern; text, one per line, gz and bz2 too
 * @param tokenizer see {@link Tokenizer#of}; white space if left out
 * @param minCount rarer words are left out; 5 if left out
 * @param maxWords only the most frequent words are kept; all if left out
 * @param phrases words that stand together become one; none if left out
 */
public record CorpusSettings(
    @JsonProperty(required = true) String path,
    String tokenizer,
    Long minCount,
    Integer maxWords,
    PhraseSettings phrases) {
  public CorpusSettings {
    tokenizer = tokenizer == null ? "whitespace" : tokenizer;
    minCount = minCount == null ? 5 : minCount;
    maxWords = maxWords == null ? Integer.MAX_VALUE : maxWords;
  }

  EmbeddingRun.Texts checked() {
    return new EmbeddingRun.Texts(
        path,
        tokenizer,
        Optional.ofNullable(phrases).map(PhraseSettings::checked),
        minCount,
        maxWords);
  }

  /**
   * Phrases; see {@link Phrases}.
   *
   * @param threshold 100 if left out
   * @param minCount 5 if left out
   * @param passes 1 if left out
   */
  public record PhraseSettings(Double threshold, Long minCount, Integer passes) {
    Phrases checked() {
      return new Phrases(
          threshold == null ? 100 : threshold,
          minCount == null ? 5 : minCount,
          passes == null ? 1 : passes);
    }
  }
}
