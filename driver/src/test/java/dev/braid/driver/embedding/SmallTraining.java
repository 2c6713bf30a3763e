package dev.braid.driver.embedding;

import dev.braid.worker.embedding.SkipGram;
import dev.braid.worker.embedding.SkipGram.Contexts;
import dev.braid.worker.embedding.SkipGramKernels;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;

/** A training of a few seconds on {@link Texts}, for what must not change its result. */
final class SmallTraining {
  static final RowPlacement BROADCAST = new RowPlacement(true, "");
  static final RowPlacement PARTITIONED = new RowPlacement(false, "");

  /** Two epochs of three workers. */
  static final SkipGramPlan PLAN = plan(0.05, 7);

  private static final int DIMENSION = 20;

  private SmallTraining() {}

  static SkipGramPlan plan(double learningRate, long seed) {
    SkipGram skipGram = new SkipGram(Contexts.EACH, DIMENSION, 3, 5, 1e-2, learningRate, 1e-4, 1);
    return new SkipGramPlan(skipGram, 2, 3, 0, seed, SkipGramKernels.choose().name());
  }

  /** The digest of the vectors of a training without checkpoints. */
  static String train(SparkSession spark, String corpus, SkipGramPlan plan, RowPlacement rows) {
    return train(spark, corpus, plan, rows, Optional.empty(), false, report -> {});
  }

  /** The digest of the vectors. */
  static String train(
      SparkSession spark,
      String corpus,
      SkipGramPlan plan,
      RowPlacement placement,
      Optional<RowCheckpoints> checkpoints,
      boolean resume,
      Consumer<RoundReport> listener) {
    try (Corpus texts = Corpus.read(spark, corpus, "whitespace");
        Vocabulary vocabulary = Vocabulary.count(texts, 5, 1000, DIMENSION)) {
      RoundPlan rounds = RoundPlan.of(vocabulary.numTokens(), plan.workers(), 1500);
      try (WordVectors vectors =
          SkipGramTraining.train(
              spark,
              texts,
              vocabulary,
              plan,
              rounds,
              placement,
              Optional.empty(),
              checkpoints,
              resume,
              listener)) {
        return vectors.sha256();
      }
    }
  }
}
