package dev.braid.driver.embedding.glove;

import dev.braid.driver.embedding.EmbeddingReport;

/**
 * What one pass over the co-occurrence matrix did.
 *
 * @param pass from 1
 * @param passes in all
 * @param loss of the cells and their negative samples, each before its step, by the number of
 *     cells; see {@link dev.braid.worker.glove.Glove}
 * @param cells of the matrix that are not zero
 * @param computeSeconds the slowest tasks of all sub-rounds together
 * @param seconds of the pass
 */
public record GlovePass(
    int pass, int passes, double loss, long cells, double computeSeconds, double seconds)
    implements EmbeddingReport {
  @Override
  public double shareBefore() {
    return (pass - 1.0) / passes;
  }

  @Override
  public double share() {
    return (double) pass / passes;
  }

  @Override
  public double learningRate() {
    return Double.NaN;
  }

  @Override
  public String place() {
    return "pass %d".formatted(pass);
  }
}
