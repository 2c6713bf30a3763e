package dev.braid.worker.kernel;

/** Products of matrices. A kernel belongs to one thread: it keeps scratch memory. */
public interface MatrixKernel {
  /**
   * c = start + a b. Each number of c is one accumulator, which begins with that of {@code start},
   * and to which the terms are added in ascending order of the inner dimension.
   *
   * @param a [m, k]
   * @param b [k, n]
   * @param start [m, n]; null for 0, and it may be c; one row for all is bound with rows 0 apart
   * @param c [m, n], of which the numbers of a row lie side by side
   */
  void multiply(Matrix a, Matrix b, Matrix start, Matrix c);

  /** The same with a right side that is packed. */
  void multiply(Matrix a, PackedMatrix b, Matrix start, Matrix c);

  /**
   * c = a b, or c + a b.
   *
   * @param adds whether c is added to
   */
  default void multiply(Matrix a, Matrix b, Matrix c, boolean adds) {
    multiply(a, b, adds ? c : null, c);
  }

  /** The same with a right side that is packed. */
  default void multiply(Matrix a, PackedMatrix b, Matrix c, boolean adds) {
    multiply(a, b, adds ? c : null, c);
  }

  /** Packs the matrix bound in {@code b} for products with it, which only this kernel may make. */
  default void pack(PackedMatrix b) {}

  /**
   * Refuses factors and results that do not fit.
   *
   * @throws IllegalStateException with their shapes
   */
  static void requireProduct(Matrix a, Matrix b, Matrix c) {
    boolean fits = a.columns() == b.rows() && a.rows() == c.rows() && b.columns() == c.columns();
    if (!fits || c.columnStride() != 1) {
      throw new IllegalStateException(
          "no product: [%d, %d] times [%d, %d] in [%d, %d], whose columns lie %d apart and must lie 1"
              .formatted(
                  a.rows(),
                  a.columns(),
                  b.rows(),
                  b.columns(),
                  c.rows(),
                  c.columns(),
                  c.columnStride()));
    }
  }
}
