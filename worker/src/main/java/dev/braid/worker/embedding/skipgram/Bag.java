package dev.braid.worker.embedding.skipgram;

import java.util.Arrays;

/**
 * The continuous bag of words of one position: the mean of its context rows is trained in their
 * place, and each occurrence of a context word gets the whole of its change, as in word2vec.
 */
final class Bag {
  private final float[] mean;
  private final int[] contexts;
  private final int[] counts;
  private int numContexts;

  /** For positions with up to {@code window} words to each side. */
  Bag(CompactRows rows, int window) {
    mean = new float[rows.dimension];
    contexts = new int[2 * window];
    counts = new int[2 * window];
  }

  /** Puts the mean of the position's contexts into the row for it, which becomes the only one. */
  void gather(CompactRows rows, Position p) {
    numContexts = p.numContexts;
    System.arraycopy(p.contexts, 0, contexts, 0, numContexts);
    System.arraycopy(p.contextCounts, 0, counts, 0, numContexts);
    Arrays.fill(mean, 0);
    int size = 0;
    for (int i = 0; i < numContexts; i++) {
      size += counts[i];
      for (int d = 0; d < mean.length; d++) {
        mean[d] += counts[i] * rows.inputs[contexts[i] + d];
      }
    }
    int row = rows.meanInput();
    for (int d = 0; d < mean.length; d++) {
      mean[d] /= size;
      rows.inputs[row + d] = mean[d];
    }
    p.numContexts = 0;
    p.addContext(row);
  }

  /** Gives what has changed in that row to the contexts. */
  void scatter(CompactRows rows) {
    int row = rows.meanInput();
    for (int d = 0; d < mean.length; d++) {
      mean[d] = rows.inputs[row + d] - mean[d];
    }
    for (int i = 0; i < numContexts; i++) {
      for (int d = 0; d < mean.length; d++) {
        rows.inputs[contexts[i] + d] += counts[i] * mean[d];
      }
    }
  }
}
