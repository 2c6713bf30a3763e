package dev.braid.driver.embedding;

/**
 * What one pass over the co-occurrence matrix did.
 *
 * @param pass from 1
 * @param passes in all
 * @param loss mean over the cells, f(x) (w . c + b + d - ln x)^2 / 2, each before its step
 * @param cells of the matrix that are not zero
 * @param computeSeconds the slowest tasks of all sub-rounds together
 * @param seconds of the pass
 */
public record GlovePass(
    int pass, int passes, double loss, long cells, double computeSeconds, double seconds) {}
