package dev.braid.driver.embedding;

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

  /**
   * Tokens a worker trains between two merges. Fewer cost time, more cost quality: a round costs
   * sending all rows, and rows drift apart.
   */
  private static final long TOKENS_PER_ROUND = 500_000;

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
    long chosenTokens = tokensPerRound > 0 ? tokensPerRound : TOKENS_PER_ROUND;
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

  /** Blocks into which the corpus is cut. */
  int numBlocks() {
    return Math.multiplyExact(workers, roundsPerEpoch);
  }
}
