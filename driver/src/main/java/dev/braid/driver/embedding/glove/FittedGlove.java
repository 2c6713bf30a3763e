package dev.braid.driver.embedding.glove;

import dev.braid.driver.embedding.EmbeddingListener;
import dev.braid.driver.embedding.EmbeddingModel;
import dev.braid.driver.embedding.corpus.CountedCorpus;
import dev.braid.driver.embedding.vectors.WordVectors;
import dev.braid.driver.run.RunContext;
import java.util.List;
import java.util.Map;

/**
 * A GloVe training on a certain corpus.
 *
 * @param plan with its blocks filled in
 * @param reason of their number
 */
public record FittedGlove(GlovePlan plan, String reason) implements EmbeddingModel.Fitted {
  @Override
  public List<String> choices() {
    return List.of(
        "the matrix in %1$d x %1$d blocks%2$s: %1$d tasks at a time, %1$d sub-rounds a pass"
            .formatted(plan.blocks(), reason));
  }

  @Override
  public Map<String, Integer> chosen() {
    return Map.of("blocks", plan.blocks());
  }

  @Override
  public int checkpointRounds() {
    return plan.checkpointPasses();
  }

  @Override
  public WordVectors train(RunContext run, CountedCorpus corpus, EmbeddingListener listener) {
    return GloveTraining.train(run, corpus, plan, listener);
  }
}
