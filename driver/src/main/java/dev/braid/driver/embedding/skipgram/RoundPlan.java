package dev.braid.driver.embedding.skipgram;

import static dev.braid.worker.Check.require;

/**
 * How a training is cut into rounds.
 *
 * @param workers logical workers, independent of the cluster's size
 * @param roundsPerEpoch rounds in one pass over the corpus, once all workers are at work
 * @param reason why these, for the log
 */
public record RoundPlan(int workers, int roundsPerEpoch, String reason) {
  /** Workers chosen by themselves at most. */
  private static final int MAX_CHOSEN_WORKERS = 64;

  /** Tokens that make another worker worth while: more workers are faster, fewer are better. */
  private static final long TOKENS_PER_WORKER = 20_000_000;

  /** Tokens a worker trains between two merges at most: more cost memory, and rows drift apart. */
  private static final long MAX_TOKENS_PER_ROUND = 500_000;

  /**
   * Tokens that all workers together train between two merges at least, and the part of the corpus
   * that they may train if it is more. Fewer cost time, as every round sends all rows; more cost
   * quality: what workers learn at the same time they learn several times over.
   */
  private static final long TOKENS_BETWEEN_MERGES = 1_000_000;

  private static final long MERGES_PER_EPOCH = 100;

  /** Tokens with which another worker joins. */
  private static final long TOKENS_TO_JOIN = 500_000;

  /** All have joined when this part of the training is done, at the latest. */
  private static final long JOINING_PART = 8;

  /**
   * Fills in what is not set.
   *
   * @param numTokens of the corpus
   * @param workers 0 to choose by the corpus
   * @param tokensPerRound of one worker; 0 to choose
   */
  public static RoundPlan of(long numTokens, int workers, long tokensPerRound) {
    require(workers >= 0, "workers must not be negative, got %d", workers);
    require(tokensPerRound >= 0, "tokensPerRound must not be negative, got %d", tokensPerRound);
    int chosenWorkers =
        workers > 0
            ? workers
            : (int) Math.max(2, Math.min(MAX_CHOSEN_WORKERS, numTokens / TOKENS_PER_WORKER));
    long ofAll = Math.max(TOKENS_BETWEEN_MERGES, numTokens / MERGES_PER_EPOCH);
    long chosenTokens =
        tokensPerRound > 0
            ? tokensPerRound
            : Math.max(1, Math.min(MAX_TOKENS_PER_ROUND, ofAll / chosenWorkers));
    long rounds = Math.max(1, Math.round((double) numTokens / chosenWorkers / chosenTokens));
    require(
        rounds * chosenWorkers <= 1_000_000,
        "%d tokens make %d rounds an epoch; set tokensPerRound higher",
        numTokens,
        rounds);
    String reason =
        "%,d tokens; %s workers%s; %s %,d tokens per worker and round"
            .formatted(
                numTokens,
                chosenWorkers,
                workers > 0 ? " as set" : ", one per " + TOKENS_PER_WORKER + " tokens, 2 to 64",
                tokensPerRound > 0 ? "as set about" : "about",
                numTokens / chosenWorkers / rounds);
    return new RoundPlan(chosenWorkers, (int) rounds, reason);
  }

  /**
   * Workers of the next round. Training starts with one, and another one joins with every so many
   * tokens: rows that start alike would else grow apart in as many directions as there are workers,
   * and their mean would keep little of it.
   *
   * @param doneTokens trained before
   * @param totalTokens of all epochs
   */
  static int active(int workers, long doneTokens, long totalTokens) {
    long toJoin = Math.min(TOKENS_TO_JOIN, totalTokens / (JOINING_PART * workers));
    return (int) Math.min(workers, Math.max(1, doneTokens / Math.max(1, toJoin)));
  }

  /**
   * Bytes of rows that a task holds at most: as if each of its tokens were a word of its own, with
   * a row as input and one as target, and each negative too.
   */
  public long rowBytes(long numTokens, long numWords, int dimension) {
    long tokens = (numTokens + numBlocks() - 1) / numBlocks();
    long rows = 2 * Math.min(tokens, numWords) + Math.min(PassTask.numNegatives(tokens), numWords);
    return rows * dimension * Float.BYTES;
  }

  /** Blocks into which the corpus is cut. */
  int numBlocks() {
    return Math.multiplyExact(workers, roundsPerEpoch);
  }
}
