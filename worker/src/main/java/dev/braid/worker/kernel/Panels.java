package dev.braid.worker.kernel;

/**
 * The right side of a product, [depth, columns], which need not lie in memory as such: a kernel
 * asks for it panel by panel, and works on each while it is in the cache. So a convolution
 * multiplies with the patches of its input without ever writing down all of them.
 */
public interface Panels {
  /** Rows: the inner dimension of the product. */
  int depth();

  /** Columns: those of the result. */
  int columns();

  /**
   * Writes the numbers of some neighbouring columns in the rows from {@code from} to before {@code
   * to}: that of row k and column {@code column} + j becomes {@code panel}[(k - from) {@code width}
   * + j]. Columns beyond the last are written as 0.
   *
   * @param width columns of the panel, the last of which may lie beyond {@link #columns}
   */
  void pack(int from, int to, int column, int width, float[] panel);
}
