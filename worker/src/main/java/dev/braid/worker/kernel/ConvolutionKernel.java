package dev.braid.worker.kernel;

/**
 * What a convolution is made of: products of weights with values that are read at places of a
 * channel, not copied out as patches. A kernel belongs to one thread: it keeps scratch memory.
 */
public interface ConvolutionKernel {
  /** So many floats behind the last value of a product may be read, whatever they are. */
  int BEYOND = 64;

  /** Accumulators of a sum along places. */
  int ACCUMULATORS = 16;

  /**
   * Copies rows, which may be short and many.
   *
   * @param from, to of one size, the numbers of a row side by side
   */
  void copy(Matrix from, Matrix to);

  /** Adds rows, which may be short and many, as {@link #copy} copies them. */
  void add(Matrix from, Matrix to);

  /**
   * Rows of numbers that are added to the rows of an image, each behind some columns of its own.
   *
   * @param rows where each row of the image begins
   * @param width columns of the image
   * @param ends for each row of the image, the number of the first row added that is not its own
   * @param from where each row added begins
   * @param left columns of the image before it
   * @param counts its numbers
   */
  @SuppressWarnings("ArrayRecordComponent") // made once for a shape, only read
  record ShiftedRows(int[] rows, int width, int[] ends, int[] from, int[] left, int[] counts) {}

  /**
   * Adds to each row of an image those of {@code shifted}, one after another.
   *
   * @param from as many numbers before the first, and {@link #BEYOND} more behind the last, as the
   *     image has columns may be read
   */
  void addShifted(Floats from, ShiftedRows shifted, Floats to);

  /**
   * Orders weights for {@link #slide}: weight k of row i is number i rowStride + terms[k].
   *
   * @param packed rows x terms numbers, in an order of the kernel's own
   */
  void pack(Floats weights, int rows, int rowStride, int[] terms, Floats packed);

  /**
   * result[i, j] = start[i] + the sum over k of weight[i, k] values[taps[k] + j], k ascending, each
   * term by a fused multiply-add to one accumulator.
   *
   * @param packed by {@link #pack}, as many rows as the result has, as many terms as taps
   * @param start a number for each row, null for zeros
   * @param values {@link #BEYOND} more of them may be read than the result has columns
   * @param result of which the numbers of a row lie side by side
   */
  void slide(Floats packed, Floats start, Floats values, int[] taps, Matrix result);

  /**
   * sums[k, j] + the sum over p of values[taps[k] + p] gradients[p, j] goes to sums[k, j], p
   * ascending, each term by a fused multiply-add.
   *
   * @param sums with a row stride of a multiple of 16, of which all may be read and written
   */
  void gather(Floats values, int[] taps, Matrix gradients, Matrix sums);

  /**
   * The sums over all places of values[taps[k] + r rowStride + j] gradients[r, j], j ascending in
   * ascending rows r, by fused multiply-add to accumulator j mod 16 of tap k.
   *
   * @param sums [taps, 16], to which is added
   */
  void dots(Floats values, int[] taps, int rowStride, Matrix gradients, Floats sums);

  /** The rank of no number. */
  int NO_RANK = Integer.MIN_VALUE;

  /**
   * ranks[i] becomes the rank of number {@code at} + i {@code stride}, if that is larger.
   *
   * @param count how many there are
   */
  void rank(float[] numbers, int at, int stride, int count, int[] ranks);

  /** An integer that is larger for a larger number, the same for both zeros, largest for NaN. */
  static int rank(float number) {
    int bits = Float.floatToIntBits(number + 0f);
    return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
  }

  /** The number that has this rank; 0 if none has. */
  static float ofRank(int rank) {
    int bits = rank ^ ((rank >> 31) & Integer.MAX_VALUE);
    return Float.intBitsToFloat(rank == NO_RANK ? 0 : bits);
  }
}
