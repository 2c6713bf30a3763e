package dev.braid.driver.inference;

/**
 * How far a batch of files is.
 *
 * @param batch its number
 * @param rows scored so far, as far as tasks have ended
 * @param quarantined rows that could not be scored, as far as tasks have ended
 * @param share of the tasks that have ended
 * @param seconds since the batch began
 */
public record ScoringProgress(
    long batch, long rows, long quarantined, double share, double seconds) {}
