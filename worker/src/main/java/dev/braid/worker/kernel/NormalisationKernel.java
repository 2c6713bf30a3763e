package dev.braid.worker.kernel;

/**
 * What normalisations are made of, along rows and along columns: each row of a matrix, or each
 * column, has numbers of its own. Rows are summed as {@link ReductionKernel#rowDots} does, columns
 * as {@link ReductionKernel#columnDots}.
 */
public interface NormalisationKernel {
  /**
   * Of each row of x the sum of (x - mean)^2.
   *
   * @param means of the rows
   */
  void rowSquares(Floats x, Floats means, Floats sums);

  /**
   * Of each row the sum of a (x - mean).
   *
   * @param means of the rows
   */
  void rowProducts(Floats a, Floats x, Floats means, Floats sums);

  /**
   * The sum of (x - mean)^2 of each column of x is added to {@code sums}.
   *
   * @param means of the columns
   */
  void columnSquares(Floats x, Floats means, Floats sums);

  /**
   * The sum of a (x - mean) of each column is added to {@code sums}.
   *
   * @param means of the columns
   */
  void columnProducts(Floats a, Floats x, Floats means, Floats sums);

  /** y = x scale + shift by fused multiply-add, one scale and shift for each row; y may be x. */
  void affineRows(Floats x, Floats scales, Floats shifts, Floats y);

  /** y = x scale + shift by fused multiply-add, one of each for each column; y may be x. */
  void affineColumns(Floats x, Floats scales, Floats shifts, Floats y);

  /**
   * y = a scale + (x slope + shift) by fused multiply-add, or y plus this.
   *
   * @param rows the scale, slope and shift of each row
   * @param y may be a
   */
  void blendRows(Floats a, Floats x, Line rows, Floats y, boolean adds);

  /**
   * The same with the scale, slope and shift of each column.
   *
   * @param y may be a
   */
  void blendColumns(Floats a, Floats x, Line columns, Floats y, boolean adds);

  /** What two vectors and a constant are multiplied by, for each row or column. */
  record Line(Floats scales, Floats slopes, Floats shifts) {}
}
