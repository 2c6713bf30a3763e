package dev.braid.jobs.embedding;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.driver.embedding.Corpus;
import dev.braid.driver.embedding.RoundPlan;
import dev.braid.driver.embedding.RowCheckpoints;
import dev.braid.driver.embedding.RowPlacement;
import dev.braid.driver.embedding.SkipGramPlan;
import dev.braid.driver.embedding.SkipGramTraining;
import dev.braid.driver.embedding.Vocabulary;
import dev.braid.driver.embedding.WordVectors;
import dev.braid.worker.embedding.SkipGram.Contexts;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;

/** Skip-gram or CBOW with negative sampling. */
record SkipGramVectors(SkipGramPlan plan, EmbedFile.RowSettings rows) implements VectorTraining {
  @Override
  public String name() {
    return plan.skipGram().contexts() == Contexts.MEAN ? "CBOW" : "skip-gram";
  }

  @Override
  public int dimension() {
    return plan.skipGram().dimension();
  }

  @Override
  public int epochs() {
    return plan.epochs();
  }

  @Override
  public String kernel() {
    return plan.kernel();
  }

  @Override
  public Ready prepare(Vocabulary vocabulary, Consumer<String> say) {
    RoundPlan rounds = RoundPlan.of(vocabulary.numTokens(), plan.workers(), plan.tokensPerRound());
    RowPlacement placement =
        RowPlacement.choose(vocabulary.numWords(), dimension(), rows.broadcastMiB() << 20);
    say.accept("rounds: " + rounds.reason());
    say.accept(
        "rows %s: %s"
            .formatted(
                placement.broadcast() ? "broadcast" : "in a partitioned table",
                placement.reason()));
    if (!placement.broadcast()) {
      long bytes = rounds.rowBytes(vocabulary.numTokens(), vocabulary.numWords(), dimension());
      say.accept(
          "a task holds up to %,d MiB of rows; where an executor has too little memory for its cores, set"
                  .formatted(bytes >> 20)
              + " spark.executor.memory higher or training.tokensPerRound lower");
    }
    return new Rounds(plan, rounds, placement, rows.checkpointRounds(placement));
  }

  private record Rounds(
      SkipGramPlan plan, RoundPlan rounds, RowPlacement placement, int checkpointRounds)
      implements Ready {
    @Override
    public String fingerprint() {
      return plan.toString();
    }

    @Override
    public WordVectors train(
        SparkSession spark,
        Corpus corpus,
        Vocabulary vocabulary,
        Optional<WordVectors> start,
        RowCheckpoints checkpoints,
        boolean resume,
        TrainingLog log) {
      return SkipGramTraining.train(
          spark,
          corpus,
          vocabulary,
          plan,
          rounds,
          placement,
          start,
          Optional.of(checkpoints),
          resume,
          report -> log.round(report, plan.epochs()));
    }

    @Override
    public void summarise(ObjectNode summary) {
      summary.put("workers", rounds.workers());
    }
  }
}
