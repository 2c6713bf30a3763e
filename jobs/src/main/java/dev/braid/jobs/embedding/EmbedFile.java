package dev.braid.jobs.embedding;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.braid.driver.embedding.EmbeddingRun;
import dev.braid.driver.embedding.skipgram.RowPlacement;
import dev.braid.driver.embedding.vectors.VectorFiles.Format;
import dev.braid.driver.run.RunContext;
import dev.braid.jobs.embedding.ModelSettings.GloveSettings;
import dev.braid.jobs.embedding.ModelSettings.SkipGramSettings;
import dev.braid.jobs.settings.SettingsFile;
import dev.braid.worker.glove.GloveKernel;
import dev.braid.worker.kernel.Kernels;
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
    training = training == null ? SettingsFile.defaults(TrainingSettings.class) : training;
    rows = rows == null ? SettingsFile.defaults(RowSettings.class) : rows;
    output = output == null ? SettingsFile.defaults(OutputSettings.class) : output;
    seed = seed == null ? 0 : seed;
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

    int epochs(int byDefault) {
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
  EmbeddingRun run(Kernels.Choice choice) {
    require(
        rows.checkpointRounds == null || rows.checkpointRounds >= 1,
        "rows.checkpointRounds must be at least 1, got %s",
        rows.checkpointRounds);
    String kernel = training.kernel == null ? choice.name() : training.kernel;
    GloveKernel.create(kernel); // a wrong name fails here, not in a task
    return new EmbeddingRun(
        corpus.checked(),
        model().checked(this, kernel),
        Optional.ofNullable(startFrom),
        new EmbeddingRun.Output(output.formats, output.maxFileMiB << 20));
  }

  /** The one model that is named; skip-gram if none is. */
  private ModelSettings model() {
    return Stream.of(skipGram, cbow == null ? null : new ModelSettings.Cbow(cbow), glove)
        .filter(Objects::nonNull)
        .findFirst()
        .orElseGet(() -> SettingsFile.defaults(SkipGramSettings.class));
  }
}
