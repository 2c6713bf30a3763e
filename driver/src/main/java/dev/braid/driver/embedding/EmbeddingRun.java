package dev.braid.driver.embedding;

import static dev.braid.worker.Check.require;

import dev.braid.driver.checkpoint.CheckpointPlan;
import dev.braid.driver.embedding.corpus.Corpus;
import dev.braid.driver.embedding.corpus.CorpusVocabulary;
import dev.braid.driver.embedding.corpus.CountedCorpus;
import dev.braid.driver.embedding.corpus.Phrases;
import dev.braid.driver.embedding.vectors.VectorFiles;
import dev.braid.driver.embedding.vectors.VectorReader;
import dev.braid.driver.embedding.vectors.WordVectors;
import dev.braid.driver.run.Checkpointing;
import dev.braid.driver.run.RunContext;
import dev.braid.worker.embedding.token.Tokenizer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One training of word vectors, from texts to a table.
 *
 * <pre>
 *   read the vectors to go on from         VectorReader     (where there are any)
 *   read the texts, join phrases           Corpus, Phrases
 *   count the words                        CorpusVocabulary
 *   fit the model to what was counted      EmbeddingModel
 *   train                                  SkipGramTraining, GloveTraining
 * </pre>
 *
 * @param texts what is read
 * @param model what is trained
 * @param startFrom vectors to go on from: Parquet, word2vec or GloVe
 * @param output what is written in the end, which must have room
 */
public record EmbeddingRun(
    Texts texts, EmbeddingModel model, Optional<String> startFrom, Output output) {
  /**
   * Which texts, and which of their words.
   *
   * @param path files, a folder or a pattern
   * @param tokenizer see {@link Tokenizer#of}
   * @param phrases words that stand together become one
   * @param minCount rarer words are left out
   * @param maxWords only the most frequent are kept
   */
  public record Texts(
      String path, String tokenizer, Optional<Phrases> phrases, long minCount, int maxWords) {
    public Texts {
      var unused = Tokenizer.of(tokenizer); // a wrong name fails here, not in a task
      require(minCount >= 1, "corpus.minCount must be at least 1, got %d", minCount);
      require(maxWords >= 1, "corpus.maxWords must be at least 1, got %d", maxWords);
    }

    private Corpus read(RunContext run) {
      Corpus words = Corpus.read(run.spark(), path, tokenizer);
      return phrases.map(some -> some.join(run.spark(), words)).orElse(words);
    }
  }

  /**
   * Files of vectors.
   *
   * @param maxFileBytes largest file of a one-file format
   */
  public record Output(List<VectorFiles.Format> formats, long maxFileBytes) {
    public Output {
      formats = List.copyOf(formats);
    }

    /** Writes all files into a folder. */
    public void write(RunContext run, WordVectors vectors, String folder) {
      for (VectorFiles.Format format : formats) {
        VectorFiles.write(run.spark(), vectors, format, folder + "/" + format.fileName());
      }
    }
  }

  /**
   * What a training has made.
   *
   * @param vectors closed with it
   * @param corpus what they were trained on
   * @param chosen settings that were left open, by name
   */
  public record Result(WordVectors vectors, CorpusFacts corpus, Map<String, Integer> chosen)
      implements AutoCloseable {
    @Override
    public void close() {
      vectors.close();
    }
  }

  /**
   * Trains; the caller closes what comes of it.
   *
   * @throws IllegalArgumentException if texts, vectors and settings do not fit
   * @throws dev.braid.driver.run.Stopped when the run was asked to stop
   */
  public Result train(RunContext run, EmbeddingListener listener) {
    listener.working("counting words");
    Optional<WordVectors> start = startFrom.map(path -> start(path, run, listener));
    if (texts.tokenizer().startsWith("regex:")) {
      listener.said("white space within a word is written _: a word of a file ends at a blank");
    }
    try (Corpus corpus = texts.read(run);
        CorpusVocabulary vocabulary =
            CorpusVocabulary.count(
                corpus, texts.minCount(), texts.maxWords(), model.dimension(), start)) {
      output.formats.forEach(
          format ->
              VectorFiles.requireRoom(
                  format, vocabulary.numWords(), model.dimension(), output.maxFileBytes));
      long brokenLines = corpus.brokenLines();
      CorpusFacts facts =
          new CorpusFacts(
              vocabulary.numWords(),
              vocabulary.numTokens(),
              brokenLines > 0 ? corpus.numTexts() : 0,
              brokenLines);
      listener.counted(facts);
      EmbeddingModel.Fitted fitted = model.fit(vocabulary);
      fitted.choices().forEach(listener::said);
      listener.working("cutting texts into blocks");
      WordVectors vectors =
          fitted.train(
              saving(run, fitted, facts), new CountedCorpus(corpus, vocabulary, start), listener);
      return new Result(vectors, facts, fitted.chosen());
    } finally {
      start.ifPresent(WordVectors::close);
    }
  }

  private WordVectors start(String path, RunContext run, EmbeddingListener listener) {
    WordVectors start = VectorReader.read(run.spark(), path, listener::said).joined();
    require(
        start.dimension() == model.dimension(),
        "startFrom %s has vectors of dimension %d, but the dimension set is %d",
        path,
        start.dimension(),
        model.dimension());
    listener.said("going on from %,d vectors".formatted(start.numWords()));
    return start;
  }

  /** What decides the result goes into the checkpoints: settings, and what the texts are. */
  private RunContext saving(RunContext run, EmbeddingModel.Fitted fitted, CorpusFacts facts) {
    Optional<Checkpointing> checkpointing =
        run.checkpointing()
            .map(
                given -> {
                  Map<String, String> settings = new TreeMap<>(given.settings());
                  settings.put("training.kernel", model.kernel());
                  settings.put("words of the corpus", "" + facts.words());
                  settings.put("tokens of the corpus", "" + facts.tokens());
                  fitted.chosen().forEach((name, value) -> settings.put(name, "" + value));
                  return new Checkpointing(
                      given.folder(),
                      CheckpointPlan.everyRounds(fitted.checkpointRounds(), given.plan().keep()),
                      settings,
                      given.free(),
                      given.resume());
                });
    return new RunContext(run.spark(), run.jobMinutes(), run.stop(), checkpointing);
  }
}
