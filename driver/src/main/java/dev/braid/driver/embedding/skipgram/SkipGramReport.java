package dev.braid.driver.embedding.skipgram;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.braid.driver.embedding.EmbeddingReport;

/**
 * What one round did.
 *
 * @param epoch from 1
 * @param round within the epoch, from 1
 * @param loss mean negative log likelihood of a context word at a position, its negatives included
 * @param learningRate at the round's start
 * @param trained how many tokens of the corpus
 * @param computeSeconds of the slowest worker's pass
 * @param seconds of the round
 */
public record SkipGramReport(
    int epoch,
    int round,
    double loss,
    double learningRate,
    @JsonUnwrapped Tokens trained,
    double computeSeconds,
    double seconds)
    implements EmbeddingReport {
  /**
   * How many tokens of the corpus were trained, each as often as it was seen.
   *
   * @param tokens in this round
   * @param doneTokens since the beginning
   * @param totalTokens in the whole training
   */
  public record Tokens(long tokens, long doneTokens, long totalTokens) {}

  @Override
  public double shareBefore() {
    return (double) (trained.doneTokens - trained.tokens) / trained.totalTokens;
  }

  @Override
  public double share() {
    return (double) trained.doneTokens / trained.totalTokens;
  }

  @Override
  public String place() {
    return "epoch %d  round %,d".formatted(epoch, round);
  }
}
