package dev.braid.jobs.embedding;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.braid.driver.embedding.EmbeddingModel;
import dev.braid.driver.embedding.EmbeddingRun;
import dev.braid.driver.embedding.corpus.Phrases;
import dev.braid.driver.embedding.glove.GlovePlan;
import dev.braid.driver.embedding.skipgram.RowPlacement;
import dev.braid.driver.embedding.skipgram.SkipGramPlan;
import dev.braid.driver.embedding.vectors.VectorFiles.Format;
import dev.braid.driver.run.RunContext;
import dev.braid.worker.embedding.skipgram.SkipGram;
import dev.braid.worker.embedding.skipgram.SkipGram.Contexts;
import dev.braid.worker.embedding.skipgram.SkipGramKernels;
import dev.braid.worker.embedding.token.Tokenizer;
import dev.braid.worker.glove.Glove;
import dev.braid.worker.glove.GloveKernels;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
    training =
        training == null ? new TrainingSettings(null, null, null, null, null, null) : training;
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

    private EmbeddingRun.Texts checked() {
      return new EmbeddingRun.Texts(
          path,
          tokenizer,
          Optional.ofNullable(phrases).map(PhraseSettings::checked),
          minCount,
          maxWords);
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
      Double minLearningRate)
      implements Model {
    private static final double SATURATION = 1;

    public SkipGramSettings {
      dimension = dimension == null ? 100 : dimension;
      window = window == null ? 5 : window;
      negatives = negatives == null ? 5 : negatives;
      sample = sample == null ? 1e-4 : sample;
      learningRate = learningRate == null ? 0.05 : learningRate;
      minLearningRate = minLearningRate == null ? 0.0001 : minLearningRate;
    }

    @Override
    public EmbeddingModel checked(EmbedFile file, String kernel) {
      return checked(file, kernel, Contexts.EACH);
    }

    private EmbeddingModel checked(EmbedFile file, String kernel, Contexts contexts) {
      TrainingSettings training = file.training;
      require(training.blocks == null, "training.blocks belongs to glove; leave it out");
      return new SkipGramPlan(
          new SkipGram(
              contexts,
              dimension,
              window,
              negatives,
              sample,
              learningRate,
              minLearningRate,
              SATURATION),
          training.epochs(1),
          training.workers == null ? 0 : training.workers,
          training.tokensPerRound == null ? 0 : training.tokensPerRound,
          file.seed,
          kernel,
          new SkipGramPlan.RowTable(
              file.rows.broadcastMiB << 20,
              file.rows.checkpointRounds == null ? 0 : file.rows.checkpointRounds));
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
      Integer removedDirections)
      implements Model {
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

    @Override
    public EmbeddingModel checked(EmbedFile file, String kernel) {
      TrainingSettings training = file.training;
      require(
          training.workers == null && training.tokensPerRound == null,
          "training.workers and tokensPerRound belong to skipGram and cbow; glove has"
              + " training.blocks");
      return new GlovePlan(
          new Glove(
              dimension,
              window,
              symmetric,
              sample,
              xMax,
              alpha,
              negativeWeight,
              learningRate,
              minLearningRate),
          training.epochs(15),
          training.blocks == null ? 0 : training.blocks,
          removedDirections,
          file.seed,
          kernel,
          file.rows.checkpointRounds == null
              ? GlovePlan.DEFAULT_CHECKPOINT_PASSES
              : file.rows.checkpointRounds);
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
   * @param roundMinutes minutes a round, or with GloVe a sub-round, may take before the run ends
   *     with an error; 60 if left out
   */
  public record TrainingSettings(
      Integer epochs,
      Integer workers,
      Long tokensPerRound,
      Integer blocks,
      String kernel,
      Double roundMinutes) {
    public TrainingSettings {
      roundMinutes = roundMinutes == null ? RunContext.DEFAULT_JOB_MINUTES : roundMinutes;
      require(roundMinutes > 0, "training.roundMinutes must be above 0, got %s", roundMinutes);
    }

    private int epochs(int byDefault) {
      return epochs == null ? byDefault : epochs;
    }
  }

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

  /** What is to be done, checked. */
  EmbeddingRun run(SkipGramKernels.Choice choice) {
    require(
        rows.checkpointRounds == null || rows.checkpointRounds >= 1,
        "rows.checkpointRounds must be at least 1, got %s",
        rows.checkpointRounds);
    String kernel = training.kernel == null ? choice.name() : training.kernel;
    GloveKernels.create(kernel); // a wrong name fails here, not in a task
    return new EmbeddingRun(
        corpus.checked(),
        model().checked(this, kernel),
        Optional.ofNullable(startFrom),
        new EmbeddingRun.Output(output.formats, output.maxFileMiB << 20));
  }

  /** The one model that is named; skip-gram if none is. */
  private Model model() {
    return Stream.of(skipGram, cbow == null ? null : new Cbow(cbow), glove)
        .filter(Objects::nonNull)
        .findFirst()
        .orElseGet(() -> new SkipGramSettings(null, null, null, null, null, null));
  }

  /** The settings of a model: one of those that a job file may choose among. */
  private sealed interface Model permits SkipGramSettings, Cbow, GloveSettings {
    /** The model, checked, with the settings that all have in common. */
    EmbeddingModel checked(EmbedFile file, String kernel);
  }

  /** The continuous bag of words, with the settings of skip-gram. */
  private record Cbow(SkipGramSettings settings) implements Model {
    @Override
    public EmbeddingModel checked(EmbedFile file, String kernel) {
      return settings.checked(file, kernel, Contexts.MEAN);
    }
  }
}
