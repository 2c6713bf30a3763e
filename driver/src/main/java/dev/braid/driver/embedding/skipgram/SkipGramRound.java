package dev.braid.driver.embedding.skipgram;

import java.io.Serializable;
import java.util.List;

/**
 * One round: which blocks are trained, and where in the whole training it lies.
 *
 * @param epoch from 0
 * @param number within the epoch, from 0
 * @param blocks token blocks, ascending; worker w trains the w-th
 * @param doneTokens trained before this round
 * @param numTokens trained in this round
 * @param totalTokens of all epochs
 */
public record SkipGramRound(
    int epoch, int number, List<Integer> blocks, long doneTokens, long numTokens, long totalTokens)
    implements Serializable {

  /** What a person reads in the Spark UI. */
  String description() {
    return "epoch %d round %d".formatted(epoch + 1, number + 1);
  }
}
