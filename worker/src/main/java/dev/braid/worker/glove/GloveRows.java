package dev.braid.worker.glove;

import static dev.braid.worker.Check.require;

import dev.braid.worker.embedding.Frame;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.state.Blocks;
import java.util.Arrays;

/**
 * The vectors and biases of one block of words, as rows or as columns of the matrix, with AdaGrad's
 * sums of squares, which begin at 1. Row r begins at r x {@code width}; what lies beyond {@code
 * dimension} is zero and stays so. Trained in place.
 *
 * @param dimension length of a vector
 * @param values [rows, width]
 * @param squares of the gradients, [rows, width]
 * @param biases [rows]
 * @param biasSquares of the gradients, [rows]
 */
@SuppressWarnings("ArrayRecordComponent") // moved, never compared
public record GloveRows(
    int dimension, float[] values, float[] squares, float[] biases, float[] biasSquares) {
  private static final int ALIGNMENT = 8;

  public GloveRows {
    require(
        values.length == squares.length && values.length == biases.length * width(dimension),
        "%d values for %d rows of dimension %d",
        values.length,
        biases.length,
        dimension);
  }

  private static int width(int dimension) {
    return (dimension + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** Floats from one row to the next: whole vectors of the fast kernel. */
  public int width() {
    return width(dimension);
  }

  /**
   * Rows as training starts: even in +-1/2/(dimension + 1).
   *
   * @param biases of the words of this block, see {@link Glove#bias}
   * @param first id of its first word
   * @param step from one word's id to the next one's
   * @param key of the random numbers; a word's depend on its id alone
   */
  public static GloveRows initial(float[] biases, int first, int step, int dimension, long key) {
    int numRows = biases.length;
    int width = width(dimension);
    long size = (long) numRows * width;
    require(
        size <= Integer.MAX_VALUE - ALIGNMENT,
        "%d words of dimension %d in one block exceed a Java array; set training.blocks higher",
        numRows,
        dimension);
    float[] values = new float[(int) size];
    for (int row = 0; row < numRows; row++) {
      SplitMix random = SplitMix.stream(SplitMix.key(key, first + (long) row * step));
      for (int d = 0; d < dimension; d++) {
        values[row * width + d] = (float) ((random.nextDouble() - 0.5) / (dimension + 1));
      }
    }
    return new GloveRows(dimension, values, ones((int) size), biases, ones(numRows));
  }

  private static float[] ones(int size) {
    float[] ones = new float[size];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** Whether no vector or bias is NaN or infinite. */
  public boolean isFinite() {
    return Blocks.isFinite(values) && Blocks.isFinite(biases);
  }

  /** Number of words. */
  public int numRows() {
    return biases.length;
  }

  /** The vectors alone, [rows, dimension]. */
  public float[] vectors() {
    int width = width();
    float[] vectors = new float[numRows() * dimension];
    for (int row = 0; row < numRows(); row++) {
      System.arraycopy(values, row * width, vectors, row * dimension, dimension);
    }
    return vectors;
  }

  /** As bytes. */
  public byte[] toBytes() {
    Frame.Writer frame = Frame.write(Frame.Kind.GLOVE_ROWS).put(dimension).put(values);
    return frame.put(squares).put(biases).put(biasSquares).toBytes();
  }

  /** From bytes: arrays of its own. */
  public static GloveRows fromBytes(byte[] bytes) {
    Frame.Reader frame = Frame.read(bytes, Frame.Kind.GLOVE_ROWS);
    return new GloveRows(
        frame.nextInt(),
        frame.nextFloats(),
        frame.nextFloats(),
        frame.nextFloats(),
        frame.nextFloats());
  }
}
