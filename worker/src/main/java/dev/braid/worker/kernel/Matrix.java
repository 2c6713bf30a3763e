package dev.braid.worker.kernel;

/**
 * A matrix in an array, its numbers at any two strides, so that it may be the transpose of one, or
 * a part. It is bound anew as memory is planned, so that a step makes no objects.
 */
public final class Matrix {
  private float[] array = {};
  private int at;
  private int rows;
  private int columns;
  private int rowStride;
  private int columnStride;

  /** Rows one after another. */
  public Matrix bind(Floats floats, int rows, int columns) {
    return bind(floats.array(), floats.at(), rows, columns);
  }

  /** Rows one after another, from {@code at} on. */
  public Matrix bind(float[] array, int at, int rows, int columns) {
    return bind(array, at, rows, columns, columns);
  }

  /** Rows so far apart. */
  public Matrix bind(float[] array, int at, int rows, int columns, int rowStride) {
    this.array = array;
    this.at = at;
    this.rows = rows;
    this.columns = columns;
    this.rowStride = rowStride;
    this.columnStride = 1;
    return this;
  }

  /** The transpose of another as that is bound now. */
  public Matrix transposeOf(Matrix other) {
    array = other.array;
    at = other.at;
    rows = other.columns;
    columns = other.rows;
    rowStride = other.columnStride;
    columnStride = other.rowStride;
    return this;
  }

  /** The array, which others have numbers in too. */
  public float[] array() {
    return array;
  }

  /** Where in the array its first number is. */
  public int at() {
    return at;
  }

  /** Number of rows. */
  public int rows() {
    return rows;
  }

  /** Number of columns. */
  public int columns() {
    return columns;
  }

  /** How far apart in the array two numbers of a column are. */
  public int rowStride() {
    return rowStride;
  }

  /** How far apart in the array two numbers of a row are. */
  public int columnStride() {
    return columnStride;
  }
}
