package dev.braid.driver.embedding.skipgram;

import dev.braid.driver.checkpoint.CheckpointPlan;
import dev.braid.driver.checkpoint.Checkpoints;
import dev.braid.driver.embedding.EmbeddingListener;
import dev.braid.driver.embedding.Texts;
import dev.braid.driver.embedding.corpus.Corpus;
import dev.braid.driver.embedding.corpus.CorpusVocabulary;
import dev.braid.driver.embedding.corpus.CountedCorpus;
import dev.braid.driver.embedding.vectors.WordVectors;
import dev.braid.driver.run.Checkpointing;
import dev.braid.driver.run.RunContext;
import dev.braid.driver.run.Stop;
import dev.braid.worker.embedding.LearningRates;
import dev.braid.worker.embedding.skipgram.SkipGram;
import dev.braid.worker.embedding.skipgram.SkipGram.Contexts;
import dev.braid.worker.embedding.skipgram.SkipGramPass;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/** A training of a few seconds on {@link Texts}, for what must not change its result. */
public final class SmallTraining {
  static final RowPlacement BROADCAST = new RowPlacement(true, "");
  static final RowPlacement PARTITIONED = new RowPlacement(false, "");

  /** Two epochs of three workers. */
  static final SkipGramPlan PLAN = plan(0.05, 7);

  private static final int DIMENSION = 20;

  private SmallTraining() {}

  static SkipGramPlan plan(double learningRate, long seed) {
    SkipGram skipGram =
        new SkipGram(
            Contexts.EACH, DIMENSION, 3, 5, 1e-2, new LearningRates(learningRate, 1e-4), 1);
    return new SkipGramPlan(
        skipGram, 2, 3, 0, seed, SkipGramPass.kernel().name(), SkipGramPlan.RowTable.DEFAULT);
  }

  /** A run that saves every second round. */
  public static RunContext saving(SparkSession spark, String folder, boolean resume) {
    return saving(spark, folder, Map.of("seed", "7"), resume);
  }

  /** A run with these settings that saves every second round. */
  public static RunContext saving(
      SparkSession spark, String folder, Map<String, String> settings, boolean resume) {
    Checkpointing checkpointing =
        new Checkpointing(
            new Checkpoints(folder, new Configuration(), 2),
            CheckpointPlan.everyRounds(2, 2),
            settings,
            List.of(),
            resume);
    return new RunContext(spark, 5, new Stop(), Optional.of(checkpointing));
  }

  /** The digest of the vectors of a training without checkpoints. */
  static String train(SparkSession spark, String corpus, SkipGramPlan plan, RowPlacement rows) {
    return train(RunContext.of(spark), corpus, plan, rows, report -> {});
  }

  /** The digest of the vectors. */
  static String train(
      RunContext run,
      String corpus,
      SkipGramPlan plan,
      RowPlacement placement,
      EmbeddingListener listener) {
    try (Corpus texts = Corpus.read(run.spark(), corpus, "whitespace");
        CorpusVocabulary vocabulary =
            CorpusVocabulary.count(texts, 5, 1000, DIMENSION, Optional.empty())) {
      RoundPlan rounds = RoundPlan.of(vocabulary.numTokens(), plan.workers(), 1500);
      FittedSkipGram fitted = new FittedSkipGram(plan, rounds, placement, 2, 0);
      try (WordVectors vectors =
          fitted.train(run, new CountedCorpus(texts, vocabulary, Optional.empty()), listener)) {
        return vectors.sha256();
      }
    }
  }
}
