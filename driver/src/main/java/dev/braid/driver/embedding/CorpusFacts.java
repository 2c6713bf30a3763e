package dev.braid.driver.embedding;

/**
 * What was found in the texts.
 *
 * @param words kept, each counted once
 * @param tokens how often they occur
 * @param texts about one a line
 * @param brokenLines left out because they are no UTF-8
 */
public record CorpusFacts(int words, long tokens, long texts, long brokenLines) {
  /** Of all lines, from 0 to 1. */
  public double brokenShare() {
    return brokenLines == 0 ? 0 : (double) brokenLines / (brokenLines + texts);
  }
}
