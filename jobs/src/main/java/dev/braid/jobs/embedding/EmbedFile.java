package dev.braid.jobs.embedding;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.braid.driver.embedding.GlovePlan;
import dev.braid.driver.embedding.Phrases;
import dev.braid.driver.embedding.RowPlacement;
import dev.braid.driver.embedding.SkipGramPlan;
import dev.braid.driver.embedding.VectorFiles.Format;
import dev.braid.worker.embedding.SkipGram;
import dev.braid.worker.embedding.SkipGram.Contexts;
import dev.braid.worker.embedding.SkipGramKernels;
import dev.braid.worker.embedding.Tokenizer;
import dev.braid.worker.glove.Glove;
import dev.braid.worker.glove.GloveKernels;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A job file of {@code braid embed}.
 *
 * @param corpus the texts
 * @param skipGram the model; this one if none is named
 * @param cbow another model, the continuous bag of words, with the settings of skip-gram
 * @param glove another model
 * @param startFrom vectors to go on from: Parquet, word2vec or GloVe; from random ones if left out
 * @param training how it learns
 * @param rows where the vectors are kept meanwhile
 * @param output where the results go
 * @param seed source of every random choice: the same file, corpus and seed give the same vectors,
 *     bit for bit; 0 if left out
 */
public record EmbedFile(
    @JsonProperty(required = true) CorpusSettings corpus,
    SkipGramSettings skipGram,
    SkipGramSettings cbow,
    GloveSettings glove,
    String startFrom,
    TrainingSettings training,
    RowSettings rows,
    OutputSettings output,
    Long seed) {
  public EmbedFile {
    require(
        Stream.of(skipGram, cbow, glove).filter(Objects::nonNull).count() <= 1,
        "of skipGram, cbow and glove more than one is given; choose one of them");
    if (skipGram == null && cbow == null && glove == null) {
      skipGram = new SkipGramSettings(null, null, null, null, null, null);
    }
    training = training == null ? new TrainingSettings(null, null, null, null, null) : training;
    rows = rows == null ? new RowSettings(null, null) : rows;
    output = output == null ? new OutputSettings(null, null, null) : output;
    seed = seed == null ? 0 : seed;
  }

  /**
   * The texts.
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

  /**
   * Skip-gram or CBOW with negative sampling; see {@link SkipGram}.
   *
   * @param dimension 100 if left out
   * @param window 5 if left out
   * @param negatives 5 if left out
   * @param sample 1e-4 if left out
   * @param learningRate 0.05 if left out
   * @param minLearningRate 0.0001 if left out
   */
  public record SkipGramSettings(
      Integer dimension,
      Integer window,
      Integer negatives,
      Double sample,
      Double learningRate,
      Double minLearningRate) {
    private static final double SATURATION = 1;

    public SkipGramSettings {
      dimension = dimension == null ? 100 : dimension;
      window = window == null ? 5 : window;
      negatives = negatives == null ? 5 : negatives;
      sample = sample == null ? 1e-4 : sample;
      learningRate = learningRate == null ? 0.05 : learningRate;
      minLearningRate = minLearningRate == null ? 0.0001 : minLearningRate;
    }

    SkipGram checked(Contexts contexts) {
      return new SkipGram(
          contexts,
          dimension,
          window,
          negatives,
          sample,
          learningRate,
          minLearningRate,
          SATURATION);
    }
  }

  /**
   * GloVe; see {@link Glove}.
   *
   * @param dimension 100 if left out
   * @param window 20 if left out
   * @param symmetric true if left out
   * @param sample 1e-4 if left out
   * @param xMax 10 if left out
   * @param alpha 0.75 if left out
   * @param negativeWeight 1 if left out
   * @param learningRate 0.05 if left out
   * @param minLearningRate a twentieth of learningRate if left out
   * @param removedDirections of the result, see {@link GlovePlan}; one per hundred dimensions if
   *     left out
   */
  public record GloveSettings(
      Integer dimension,
      Integer window,
      Boolean symmetric,
      Double sample,
      Double xMax,
      Double alpha,
      Double negativeWeight,
      Double learningRate,
      Double minLearningRate,
      Integer removedDirections) {
    public GloveSettings {
      dimension = dimension == null ? 100 : dimension;
      window = window == null ? 20 : window;
      symmetric = symmetric == null || symmetric;
      sample = sample == null ? 1e-4 : sample;
      xMax = xMax == null ? 10 : xMax;
      alpha = alpha == null ? 0.75 : alpha;
      negativeWeight = negativeWeight == null ? 1 : negativeWeight;
      learningRate = learningRate == null ? 0.05 : learningRate;
      minLearningRate =
          minLearningRate == null ? Double.valueOf(learningRate / 20) : minLearningRate;
      removedDirections =
          removedDirections == null ? Integer.valueOf(dimension / 100) : removedDirections;
    }

    Glove checked() {
      return new Glove(
          dimension,
          window,
          symmetric,
          sample,
          xMax,
          alpha,
          negativeWeight,
          learningRate,
          minLearningRate);
    }
  }

  /**
   * How it learns.
   *
   * @param epochs passes over the corpus, or with GloVe over the co-occurrences; 1 if left out, 15
   *     with GloVe
   * @param workers of skip-gram: logical workers, independent of the cluster's size; chosen by the
   *     corpus if left out
   * @param tokensPerRound of skip-gram: tokens a worker trains between two merges; chosen if left
   *     out
   * @param blocks of GloVe: the co-occurrences are cut into blocks x blocks; chosen if left out
   * @param kernel vector or plain; the fastest this JVM can run if left out
   */
  public record TrainingSettings(
      Integer epochs, Integer workers, Long tokensPerRound, Integer blocks, String kernel) {}

  /**
   * Where the rows are kept.
   *
   * @param broadcastMiB rows up to this size are broadcast, larger ones kept in a partitioned table
   * @param checkpointRounds rounds between two checkpoints; if left out 100 with broadcast rows, 5
   *     with a partitioned table; with GloVe passes, 3 if left out
   */
  public record RowSettings(Long broadcastMiB, Integer checkpointRounds) {
    public RowSettings {
      broadcastMiB = broadcastMiB == null ? RowPlacement.DEFAULT_BUDGET_BYTES >> 20 : broadcastMiB;
    }

    int checkpointRounds(RowPlacement placement) {
      return checkpointRounds != null ? checkpointRounds : placement.broadcast() ? 100 : 5;
    }
  }

  /**
   * Where the results go.
   *
   * @param folder null for {@code runs/<name of the job file>-<time>}
   * @param formats parquet and word2vec_binary if left out
   * @param maxFileMiB largest file of a one-file format; 8192 if left out
   */
  public record OutputSettings(String folder, List<Format> formats, Long maxFileMiB) {
    public OutputSettings {
      formats = formats == null ? List.of(Format.PARQUET, Format.WORD2VEC_BINARY) : formats;
      maxFileMiB = maxFileMiB == null ? 8192 : maxFileMiB;
    }
  }

  /** The training, checked. */
  VectorTraining training(SkipGramKernels.Choice choice) {
    Tokenizer.of(corpus.tokenizer);
    if (corpus.phrases != null) {
      corpus.phrases.checked();
    }
    require(corpus.minCount >= 1, "corpus.minCount must be at least 1, got %d", corpus.minCount);
    require(corpus.maxWords >= 1, "corpus.maxWords must be at least 1, got %d", corpus.maxWords);
    require(
        rows.checkpointRounds == null || rows.checkpointRounds >= 1,
        "rows.checkpointRounds must be at least 1, got %s",
        rows.checkpointRounds);
    String kernel = training.kernel == null ? choice.name() : training.kernel;
    GloveKernels.create(kernel); // a wrong name fails here, not in a task
    return glove == null ? skipGramVectors(kernel) : gloveVectors(kernel);
  }

  private VectorTraining skipGramVectors(String kernel) {
    require(training.blocks == null, "training.blocks belongs to glove; leave it out");
    return new SkipGramVectors(
        new SkipGramPlan(
            cbow == null ? skipGram.checked(Contexts.EACH) : cbow.checked(Contexts.MEAN),
            training.epochs == null ? 1 : training.epochs,
            training.workers == null ? 0 : training.workers,
            training.tokensPerRound == null ? 0 : training.tokensPerRound,
            seed,
            kernel),
        rows);
  }

  private VectorTraining gloveVectors(String kernel) {
    require(
        training.workers == null && training.tokensPerRound == null,
        "training.workers and tokensPerRound belong to skipGram and cbow; glove has training.blocks");
    return new GloveVectors(
        new GlovePlan(
            glove.checked(),
            training.epochs == null ? 15 : training.epochs,
            training.blocks == null ? 0 : training.blocks,
            glove.removedDirections,
            seed,
            kernel),
        rows.checkpointRounds == null ? 3 : rows.checkpointRounds);
  }
}
