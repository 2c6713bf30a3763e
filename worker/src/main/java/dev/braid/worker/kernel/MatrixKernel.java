package dev.braid.worker.kernel;

/** Products of matrices. A kernel belongs to one thread: it keeps scratch memory. */
public interface MatrixKernel {
  /**
   * c = a b, or c + a b. Each number of c is one accumulator, which begins with 0 or with what c
   * has, and to which the terms are added in ascending order of the inner dimension.
   *
   * @param a [m, k]
   * @param b [k, n]
   * @param c [m, n], of which the numbers of a row lie side by side
   * @param adds whether c is added to
   */
  void multiply(Matrix a, Matrix b, Matrix c, boolean adds);
}
