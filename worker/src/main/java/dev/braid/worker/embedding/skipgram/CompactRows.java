package dev.braid.worker.embedding.skipgram;

import static dev.braid.worker.Check.require;

/**
 * The rows one task trains on, packed: row r of a matrix begins at r x {@code width}, and a row of
 * zeros follows the last one, after it in the inputs one for means of rows. The rows' tails beyond
 * {@code dimension} are zero and stay so.
 */
final class CompactRows {
  private static final int ALIGNMENT = 8;

  final int dimension;

  /** Floats from one row to the next: the dimension, rounded up to whole vectors. */
  final int width;

  final int numInputs;
  final int numOutputs;

  /** [numInputs + 2, width] */
  final float[] inputs;

  /** [numOutputs + 1, width] */
  final float[] outputs;

  /** Matrices of zeros. */
  CompactRows(int dimension, int numInputs, int numOutputs) {
    this.dimension = dimension;
    this.width = (dimension + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    this.numInputs = numInputs;
    this.numOutputs = numOutputs;
    inputs = zeros(numInputs + 2L);
    outputs = zeros(numOutputs + 1L);
  }

  /** Where the row of zeros begins in the inputs. */
  int zeroInput() {
    return numInputs * width;
  }

  /** Where the row for means begins in the inputs. */
  int meanInput() {
    return (numInputs + 1) * width;
  }

  /** Where the row of zeros begins in the outputs. */
  int zeroOutput() {
    return numOutputs * width;
  }

  private float[] zeros(long numRows) {
    long size = numRows * width;
    require(
        size <= Integer.MAX_VALUE - ALIGNMENT,
        "%d distinct words of dimension %d in one shard and round exceed a Java array;"
            + " set tokensPerRound lower",
        numRows,
        dimension);
    return new float[(int) size];
  }
}
