package dev.braid.jobs.embedding;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.braid.driver.embedding.RowPlacement;
import dev.braid.driver.embedding.SkipGramPlan;
import dev.braid.driver.embedding.VectorFiles.Format;
import dev.braid.worker.embedding.SkipGram;
import dev.braid.worker.embedding.SkipGramKernels;
import dev.braid.worker.embedding.Tokenizer;
import java.util.List;

/**
 * A job file of {@code braid embed}.
 *
 * @param corpus the texts
 * @param skipGram the model
 * @param training how it learns
 * @param rows where the vectors are kept meanwhile
 * @param output where the results go
 * @param seed source of every random choice: the same file, corpus and seed give the same vectors,
 *     bit for bit; 0 if left out
 */
public record EmbedFile(
    @JsonProperty(required = true) CorpusSettings corpus,
    SkipGramSettings skipGram,
    TrainingSettings training,
    RowSettings rows,
    OutputSettings output,
    Long seed) {
  public EmbedFile {
    skipGram =
        skipGram == null ? new SkipGramSettings(null, null, null, null, null, null) : skipGram;
    training = training == null ? new TrainingSettings(null, null, null, null) : training;
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
   */
  public record CorpusSettings(
      @JsonProperty(required = true) String path,
      String tokenizer,
      Long minCount,
      Integer maxWords) {
    public CorpusSettings {
      tokenizer = tokenizer == null ? "whitespace" : tokenizer;
      minCount = minCount == null ? 5 : minCount;
      maxWords = maxWords == null ? Integer.MAX_VALUE : maxWords;
    }
  }

  /**
   * Skip-gram with negative sampling; see {@link SkipGram}.
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

    SkipGram checked() {
      return new SkipGram(
          dimension, window, negatives, sample, learningRate, minLearningRate, SATURATION);
    }
  }

  /**
   * How it learns.
   *
   * @param epochs passes over the corpus; 1 if left out
   * @param workers logical workers, independent of the cluster's size; chosen by the corpus if left
   *     out
   * @param tokensPerRound tokens a worker trains between two merges; chosen if left out
   * @param kernel vector or plain; the fastest this JVM can run if left out
   */
  public record TrainingSettings(
      Integer epochs, Integer workers, Long tokensPerRound, String kernel) {
    public TrainingSettings {
      epochs = epochs == null ? 1 : epochs;
      workers = workers == null ? 0 : workers;
      tokensPerRound = tokensPerRound == null ? 0 : tokensPerRound;
    }
  }

  /**
   * Where the rows are kept.
   *
   * @param broadcastMiB rows up to this size are broadcast, larger ones kept in a partitioned table
   * @param checkpointRounds rounds between two checkpoints; if left out 100 with broadcast rows, 5
   *     with a partitioned table
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
  SkipGramPlan plan(SkipGramKernels.Choice kernel) {
    Tokenizer.of(corpus.tokenizer);
    return new SkipGramPlan(
        skipGram.checked(),
        training.epochs,
        training.workers,
        training.tokensPerRound,
        seed,
        training.kernel == null ? kernel.name() : training.kernel);
  }
}
