package dev.braid.worker.embedding.skipgram;

import java.util.Arrays;

/**
 * One position of the text as the kernel sees it: where the rows of its context words and of its
 * targets (the centre word first, then the negatives) begin in the two matrices. A word that occurs
 * several times is listed once, with its count.
 *
 * <p>Lists are padded to whole tiles with a row of zeros, so that a kernel has no remainders; the
 * coefficients of the padding stay zero.
 */
final class Position {
  /** Context rows are padded to a multiple of this. */
  static final int CONTEXT_TILE = 2;

  /** Target rows are padded to a multiple of this: the centre word and five negatives fill one. */
  static final int TARGET_TILE = 6;

  /** Where each context row begins in the matrix of inputs. */
  final int[] contexts;

  /** How often each context word occurs in the window. */
  final int[] contextCounts;

  /** Where each target row begins in the matrix of outputs. */
  final int[] targets;

  /** How often each target was drawn; 1 for the centre word. */
  final int[] targetCounts;

  /** [paddedContexts, paddedTargets], row by row: scores, then what multiplies the rows. */
  final float[] coefficients;

  int numContexts;
  int numTargets;
  int paddedContexts;
  int paddedTargets;

  /** Room for the widest window and all negatives. */
  Position(int window, int negatives) {
    int maxContexts = wholeTiles(2 * window, CONTEXT_TILE);
    int maxTargets = wholeTiles(1 + negatives, TARGET_TILE);
    contexts = new int[maxContexts];
    contextCounts = new int[maxContexts];
    targets = new int[maxTargets];
    targetCounts = new int[maxTargets];
    coefficients = new float[maxContexts * maxTargets];
  }

  /** Starts a new position with no contexts and the centre word as its only target. */
  void start(int centre) {
    numContexts = 0;
    targets[0] = centre;
    targetCounts[0] = 1;
    numTargets = 1;
  }

  /** Adds one occurrence of a context word. */
  void addContext(int row) {
    for (int i = 0; i < numContexts; i++) {
      if (contexts[i] == row) {
        contextCounts[i]++;
        return;
      }
    }
    contexts[numContexts] = row;
    contextCounts[numContexts++] = 1;
  }

  /** Adds one drawn negative; the centre word itself is no negative and is passed over. */
  void addNegative(int row) {
    if (row == targets[0]) {
      return;
    }
    for (int i = 1; i < numTargets; i++) {
      if (targets[i] == row) {
        targetCounts[i]++;
        return;
      }
    }
    targets[numTargets] = row;
    targetCounts[numTargets++] = 1;
  }

  /** Fills up both lists to whole tiles with the rows of zeros. */
  void pad(int zeroInput, int zeroOutput) {
    paddedContexts = wholeTiles(numContexts, CONTEXT_TILE);
    paddedTargets = wholeTiles(numTargets, TARGET_TILE);
    Arrays.fill(contexts, numContexts, paddedContexts, zeroInput);
    Arrays.fill(targets, numTargets, paddedTargets, zeroOutput);
  }

  private static int wholeTiles(int size, int tile) {
    return (size + tile - 1) / tile * tile;
  }
}
