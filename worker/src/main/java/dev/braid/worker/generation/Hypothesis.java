package dev.braid.worker.generation;

/**
 * A sequence that a search has found.
 *
 * @param tokens in their order, the end token included where it ended with one
 * @param logProbability logarithm of the probability that the generator gives to the tokens
 * @param score by which the sequences of one source are ranked, see {@link Choice#score}
 * @param ended whether it ended with the end token, and not where the length was reached
 */
@SuppressWarnings("ArrayRecordComponent") // made once and read
public record Hypothesis(int[] tokens, double logProbability, double score, boolean ended) {}
