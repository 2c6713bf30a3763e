package dev.braid.driver.embedding.skipgram;

import static dev.braid.worker.Check.require;

import dev.braid.driver.embedding.EmbeddingModel;
import dev.braid.driver.embedding.corpus.CorpusVocabulary;
import dev.braid.worker.embedding.skipgram.SkipGram;
import dev.braid.worker.embedding.skipgram.SkipGram.Contexts;
import dev.braid.worker.random.RandomStream;
import dev.braid.worker.random.SplitMix;
import java.io.Serializable;

/**
 * A skip-gram training.
 *
 * @param skipGram the model
 * @param epochs passes over the corpus
 * @param workers logical workers; 0 to choose by the corpus
 * @param tokensPerRound tokens a worker trains between two merges; 0 to choose
 * @param seed of every random choice
 * @param kernel name of a kernel of {@link dev.braid.worker.kernel.Kernels}
 * @param table where the rows are kept meanwhile
 */
public record SkipGramPlan(
    SkipGram skipGram,
    int epochs,
    int workers,
    long tokensPerRound,
    long seed,
    String kernel,
    RowTable table)
    implements EmbeddingModel, Serializable {
  public SkipGramPlan {
    require(epochs >= 1, "epochs must be at least 1, got %d", epochs);
    require(workers >= 0, "workers must not be negative, got %d", workers);
    require(tokensPerRound >= 0, "tokensPerRound must not be negative, got %d", tokensPerRound);
  }

  /**
   * Where rows are kept.
   *
   * @param broadcastBytes rows up to this size are broadcast, larger ones kept in a partitioned
   *     table
   * @param checkpointRounds rounds between two checkpoints; 0 to choose
   */
  public record RowTable(long broadcastBytes, int checkpointRounds) implements Serializable {
    /** What is taken where nothing is set. */
    public static final RowTable DEFAULT = new RowTable(RowPlacement.DEFAULT_BUDGET_BYTES, 0);

    private int checkpointRounds(RowPlacement placement) {
      return checkpointRounds > 0 ? checkpointRounds : placement.broadcast() ? 100 : 5;
    }
  }

  @Override
  public String name() {
    return skipGram.contexts() == Contexts.MEAN ? "CBOW" : "skip-gram";
  }

  @Override
  public int dimension() {
    return skipGram.dimension();
  }

  @Override
  public FittedSkipGram fit(CorpusVocabulary vocabulary) {
    long numTokens = vocabulary.numTokens();
    RoundPlan rounds = RoundPlan.of(numTokens, workers, tokensPerRound);
    RowPlacement placement =
        RowPlacement.choose(vocabulary.numWords(), dimension(), table.broadcastBytes);
    return new FittedSkipGram(
        this,
        rounds,
        placement,
        table.checkpointRounds(placement),
        rounds.rowBytes(numTokens, vocabulary.numWords(), dimension()));
  }

  /** The key of the random numbers of a stream at these counters. */
  long key(RandomStream stream, long... counters) {
    return SplitMix.key(stream.key(seed), counters);
  }
}
