package dev.braid.driver.embedding.glove;

import static dev.braid.worker.Check.require;

import dev.braid.driver.embedding.EmbeddingModel;
import dev.braid.driver.embedding.corpus.CorpusVocabulary;
import dev.braid.driver.embedding.vectors.AllButTheTop;
import dev.braid.worker.glove.Glove;
import dev.braid.worker.random.RandomStream;
import dev.braid.worker.random.SplitMix;
import java.io.Serializable;

/**
 * A GloVe training.
 *
 * @param glove the model
 * @param passes over all cells
 * @param blocks P: the matrix is cut into P x P blocks, and P tasks train at a time; independent of
 *     the cluster's size; 0 to choose by the corpus
 * @param removedDirections taken out of the vectors in the end, see {@link AllButTheTop}
 * @param seed of every random choice
 * @param kernel name of a kernel, see {@link dev.braid.worker.kernel.Kernels}
 * @param checkpointPasses passes between two checkpoints
 */
public record GlovePlan(
    Glove glove,
    int passes,
    int blocks,
    int removedDirections,
    long seed,
    String kernel,
    int checkpointPasses)
    implements EmbeddingModel, Serializable {
  /** Passes between two checkpoints where nothing is set. */
  public static final int DEFAULT_CHECKPOINT_PASSES = 3;

  private static final int MAX_BLOCKS = 1024;
  private static final int MIN_CHOSEN_BLOCKS = 4;
  private static final int MAX_CHOSEN_BLOCKS = 256;

  /** Pairs of words in one block of the matrix, about: some ten MB, some tenths of a second. */
  private static final double PAIRS_PER_BLOCK = 4e6;

  public GlovePlan {
    require(passes >= 1, "passes must be at least 1, got %d", passes);
    require(
        blocks >= 0 && blocks <= MAX_BLOCKS, "blocks must be 0 to %d, got %d", MAX_BLOCKS, blocks);
    require(
        removedDirections >= 0 && removedDirections < glove.dimension(),
        "removedDirections must be 0 to %d, below the dimension, got %d",
        glove.dimension() - 1,
        removedDirections);
  }

  /**
   * This plan with the number of blocks filled in.
   *
   * @throws IllegalArgumentException if more blocks are set than there are words
   */
  public GlovePlan forCorpus(long numTokens, int numWords) {
    require(
        blocks <= numWords, "%d blocks for %d words; set training.blocks lower", blocks, numWords);
    if (blocks > 0) {
      return this;
    }
    double pairs = (double) numTokens * glove.window().size() * glove.window().sides();
    int wanted = (int) Math.ceil(Math.sqrt(pairs / PAIRS_PER_BLOCK));
    int chosen = Math.max(MIN_CHOSEN_BLOCKS, Math.min(MAX_CHOSEN_BLOCKS, wanted));
    return new GlovePlan(
        glove,
        passes,
        Math.min(chosen, numWords),
        removedDirections,
        seed,
        kernel,
        checkpointPasses);
  }

  @Override
  public String name() {
    return "GloVe";
  }

  @Override
  public int dimension() {
    return glove.dimension();
  }

  @Override
  public int epochs() {
    return passes;
  }

  @Override
  public Fitted fit(CorpusVocabulary vocabulary) {
    return new FittedGlove(
        forCorpus(vocabulary.numTokens(), vocabulary.numWords()),
        blocks > 0 ? " as set" : ", by the corpus");
  }

  /** The key of the random numbers of a stream at these counters. */
  long key(RandomStream stream, long... counters) {
    return SplitMix.key(stream.key(seed), counters);
  }

  /**
   * Which block of columns each block of rows meets in every sub-round of a pass: each is a
   * permutation, so no two tasks of a sub-round touch the same parameters, and each pair meets once
   * in a pass.
   *
   * @param pass from 0
   * @return [sub-rounds, blocks of rows]
   */
  int[][] meetings(int pass) {
    int[] shifts = SplitMix.permutation(blocks, key(RandomStream.GLOVE_SHIFTS, pass));
    int[] columns = SplitMix.permutation(blocks, key(RandomStream.GLOVE_COLUMN_ORDER, pass));
    int[][] meetings = new int[blocks][blocks];
    for (int subRound = 0; subRound < blocks; subRound++) {
      for (int row = 0; row < blocks; row++) {
        meetings[subRound][row] = columns[(row + shifts[subRound]) % blocks];
      }
    }
    return meetings;
  }
}
