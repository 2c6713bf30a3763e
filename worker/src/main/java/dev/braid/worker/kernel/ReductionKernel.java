package dev.braid.worker.kernel;

/**
 * Sums over vectors, rows and columns, and the arithmetic of vectors. A kernel belongs to one
 * thread: it keeps scratch memory.
 */
public interface ReductionKernel {
  /** The sum of all numbers: number i goes to accumulator i mod 16, and these meet in a tree. */
  float sum(Floats x);

  /** The sum of all a b, with the accumulators of {@link #sum} and fused multiply-add. */
  float dot(Floats a, Floats b);

  /** The largest number; not a number where one of them is not. */
  float max(Floats x);

  /**
   * The sum of each row, as {@link #sum} makes it; then added to what {@code sums} has, if it adds.
   *
   * @param x as many rows as there are {@code sums}
   */
  void rowSums(Floats x, Floats sums, boolean adds);

  /**
   * The sum of each row's a b, as {@link #dot} makes it; then added to what {@code sums} has, if it
   * adds.
   *
   * @param a as many rows as there are {@code sums}
   */
  void rowDots(Floats a, Floats b, Floats sums, boolean adds);

  /**
   * The sum of each column, one accumulator for each, which begins with 0 or with what {@code sums}
   * has, and to which the rows are added from first to last.
   *
   * @param x as many columns as there are {@code sums}
   */
  void columnSums(Floats x, Floats sums, boolean adds);

  /**
   * The sum of each column's a b, as {@link #columnSums}, each term by a fused multiply-add.
   *
   * @param a as many columns as there are {@code sums}
   */
  void columnDots(Floats a, Floats b, Floats sums, boolean adds);

  /** y + a x by fused multiply-add goes to y. */
  void axpy(float a, Floats x, Floats y);

  /** y = a x; y may be x. */
  void scale(float a, Floats x, Floats y);

  /** sum = a + b; it may be one of them. */
  void add(Floats a, Floats b, Floats sum);

  /** difference = a - b; it may be one of them. */
  void subtract(Floats a, Floats b, Floats difference);

  /** product = a b, number by number; it may be one of them. */
  void multiply(Floats a, Floats b, Floats product);

  /** y + a b, number by number, by fused multiply-add goes to y. */
  void multiplyAdd(Floats a, Floats b, Floats y);
}
