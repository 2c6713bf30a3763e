package dev.braid.worker.generation;

import static dev.braid.worker.Check.require;

/**
 * What may come next in a few sequences.
 *
 * @param state of the rows, after all tokens so far
 * @param scores [rows x tokens], row-major: logarithms of what is proportional to each token's
 *     probability, that is, a softmax's inputs; negative infinity for a token that must not come
 */
@SuppressWarnings("ArrayRecordComponent") // values in bulk: compared nowhere, copied nowhere
public record Next<S>(S state, float[] scores) {

  /** How many sequences there are. */
  int numRows(int numTokens) {
    require(
        scores.length % numTokens == 0,
        "%d scores are no whole rows of %d tokens",
        scores.length,
        numTokens);
    return scores.length / numTokens;
  }
}
