package dev.braid.driver.embedding.skipgram;

import dev.braid.driver.embedding.EmbeddingListener;
import dev.braid.driver.embedding.EmbeddingModel;
import dev.braid.driver.embedding.corpus.CountedCorpus;
import dev.braid.driver.embedding.vectors.WordVectors;
import dev.braid.driver.run.RunContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A skip-gram training on a certain corpus.
 *
 * @param plan what is trained
 * @param rounds how it is cut
 * @param placement where the rows are kept meanwhile
 * @param checkpointRounds rounds between two checkpoints
 * @param taskBytes bytes of rows that a task holds at most
 */
public record FittedSkipGram(
    SkipGramPlan plan,
    RoundPlan rounds,
    RowPlacement placement,
    int checkpointRounds,
    long taskBytes)
    implements EmbeddingModel.Fitted {
  @Override
  public List<String> choices() {
    List<String> choices = new ArrayList<>();
    choices.add("rounds: " + rounds.reason());
    choices.add(
        "rows %s: %s"
            .formatted(
                placement.broadcast() ? "broadcast" : "in a partitioned table",
                placement.reason()));
    if (!placement.broadcast()) {
      choices.add(
          "a task holds up to %,d MiB of rows; where an executor has too little memory for its cores, set"
                  .formatted(taskBytes >> 20)
              + " spark.executor.memory higher or training.tokensPerRound lower");
    }
    return choices;
  }

  @Override
  public Map<String, Integer> chosen() {
    return Map.of("workers", rounds.workers());
  }

  @Override
  public WordVectors train(RunContext run, CountedCorpus corpus, EmbeddingListener listener) {
    return SkipGramTraining.train(run, corpus, this, listener);
  }
}
