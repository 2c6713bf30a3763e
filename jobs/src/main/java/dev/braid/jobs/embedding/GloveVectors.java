package dev.braid.jobs.embedding;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.driver.embedding.Corpus;
import dev.braid.driver.embedding.GlovePlan;
import dev.braid.driver.embedding.GloveTraining;
import dev.braid.driver.embedding.RowCheckpoints;
import dev.braid.driver.embedding.Vocabulary;
import dev.braid.driver.embedding.WordVectors;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;

/** GloVe. */
record GloveVectors(GlovePlan plan, int checkpointPasses) implements VectorTraining {
  @Override
  public String name() {
    return "GloVe";
  }

  @Override
  public int dimension() {
    return plan.glove().dimension();
  }

  @Override
  public int epochs() {
    return plan.passes();
  }

  @Override
  public String kernel() {
    return plan.kernel();
  }

  @Override
  public Ready prepare(Vocabulary vocabulary, Consumer<String> say) {
    GlovePlan chosen = plan.forCorpus(vocabulary.numTokens(), vocabulary.numWords());
    say.accept(
        "the matrix in %1$d x %1$d blocks%2$s: %1$d tasks at a time, %1$d sub-rounds a pass"
            .formatted(chosen.blocks(), plan.blocks() > 0 ? " as set" : ", by the corpus"));
    return new Passes(chosen, checkpointPasses);
  }

  private record Passes(GlovePlan plan, int checkpointRounds) implements Ready {
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
      return GloveTraining.train(
          spark,
          corpus,
          vocabulary,
          plan,
          start,
          Optional.of(checkpoints),
          resume,
          pass -> log.pass(pass, vocabulary.numTokens()));
    }

    @Override
    public void summarise(ObjectNode summary) {
      summary.put("blocks", plan.blocks());
    }
  }
}
