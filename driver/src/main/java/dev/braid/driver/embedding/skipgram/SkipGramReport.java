package dev.braid.driver.embedding.skipgram;

import dev.braid.driver.embedding.EmbeddingReport;

/**
 * What one round did.
 *
 * @param epoch from 1
 * @param round within the epoch, from 1
 * @param loss mean negative log likelihood of a context word at a position, its negatives included
 * @param learningRate at the round's start
 * @param tokens of the corpus trained in this round
 * @param doneTokens trained since the beginning
 * @param totalTokens of the whole training
 * @param computeSeconds of the slowest worker's pass
 * @param seconds of the round
 */
public record SkipGramReport(
    int epoch,
    int round,
    double loss,
    double learningRate,
    long tokens,
    long doneTokens,
    long totalTokens,
    double computeSeconds,
    double seconds)
    implements EmbeddingReport {
  @Override
  public double shareBefore() {
    return (double) (doneTokens - tokens) / totalTokens;
  }

  @Override
  public double share() {
    return (double) doneTokens / totalTokens;
  }

  @Override
  public String place() {
    return "epoch %d  round %,d".formatted(epoch, round);
  }
}
