package dev.braid.jobs.embedding;

import static dev.braid.worker.Check.require;

import dev.braid.driver.embedding.EmbeddingModel;
import dev.braid.driver.embedding.glove.GlovePlan;
import dev.braid.driver.embedding.skipgram.SkipGramPlan;
import dev.braid.worker.embedding.LearningRates;
import dev.braid.worker.embedding.skipgram.SkipGram;
import dev.braid.worker.embedding.skipgram.SkipGram.Contexts;
import dev.braid.worker.glove.Glove;

/** The settings of a model: one of those that a job file of {@code braid embed} chooses among. */
public sealed interface ModelSettings {
  /** The model, checked, with the settings that all have in common. */
  EmbeddingModel checked(EmbedFile file, String kernel);

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
      implements ModelSettings {
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
      EmbedFile.TrainingSettings training = file.training();
      require(training.blocks() == null, "training.blocks belongs to glove; leave it out");
      return new SkipGramPlan(
          new SkipGram(
              contexts,
              dimension,
              window,
              negatives,
              sample,
              new LearningRates(learningRate, minLearningRate),
              SATURATION),
          training.epochs(1),
          training.workers() == null ? 0 : training.workers(),
          training.tokensPerRound() == null ? 0 : training.tokensPerRound(),
          file.seed(),
          kernel,
          new SkipGramPlan.RowTable(
              file.rows().broadcastMiB() << 20,
              file.rows().checkpointRounds() == null ? 0 : file.rows().checkpointRounds()));
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
      implements ModelSettings {
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
      EmbedFile.TrainingSettings training = file.training();
      require(
          training.workers() == null && training.tokensPerRound() == null,
          "training.workers and tokensPerRound belong to skipGram and cbow; glove has"
              + " training.blocks");
      return new GlovePlan(
          new Glove(
              dimension,
              new Glove.Window(window, symmetric),
              sample,
              new Glove.Weighting(xMax, alpha),
              negativeWeight,
              new LearningRates(learningRate, minLearningRate)),
          training.epochs(15),
          training.blocks() == null ? 0 : training.blocks(),
          removedDirections,
          file.seed(),
          kernel,
          file.rows().checkpointRounds() == null
              ? GlovePlan.DEFAULT_CHECKPOINT_PASSES
              : file.rows().checkpointRounds());
    }
  }

  /**
   * The continuous bag of words.
   *
   * @param settings those of skip-gram
   */
  record Cbow(SkipGramSettings settings) implements ModelSettings {
    @Override
    public EmbeddingModel checked(EmbedFile file, String kernel) {
      return settings.checked(file, kernel, Contexts.MEAN);
    }
  }
}
