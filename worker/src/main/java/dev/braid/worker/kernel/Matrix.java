package dev.braid.worker.kernel;

import java.util.Arrays;

/**
 * A matrix in an array, its numbers at any two strides, so that it may be the transpose of one, or
 * a part. It is bound anew as memory is planned, so that a step makes no objects.
 */
public final class Matrix {
  /** Rows that are copied at a time across the direction of numbers: they stay in the cache. */
  private static final int CHUNK = 32;

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

  /** A part of another as that is bound now, from a row and a column on. */
  Matrix partOf(Matrix other, int row, int column, int rows, int columns) {
    array = other.array;
    at = other.at(row, column);
    this.rows = rows;
    this.columns = columns;
    rowStride = other.rowStride;
    columnStride = other.columnStride;
    return this;
  }

  /** Takes the numbers of another, of the same shape; those of a row here lie side by side. */
  void copyFrom(Matrix other) {
    if (other.columnStride == 1) {
      for (int row = 0; row < rows; row++) {
        System.arraycopy(other.array, other.at(row, 0), array, at(row, 0), columns);
      }
      return;
    }
    if (other.columnStride == 0) {
      for (int row = 0; row < rows; row++) {
        Arrays.fill(array, at(row, 0), at(row, columns), other.array[other.at(row, 0)]);
      }
      return;
    }
    for (int row = 0; row < rows; row += CHUNK) {
      int end = Math.min(row + CHUNK, rows);
      int column = 0;
      for (; other.rowStride == 1 && column + 8 <= columns; column += 8) {
        copyEight(
            other.array, other.at(row, column), other.columnStride, at(row, column), end - row);
      }
      for (; column < columns; column++) {
        copyColumn(other, column, row, end);
      }
    }
  }

  /** Copies eight columns, in each of which the numbers lie side by side. */
  private void copyEight(float[] from, int first, int apart, int at, int rows) {
    float[] numbers = array;
    int second = first + apart;
    int third = second + apart;
    int fourth = third + apart;
    int fifth = fourth + apart;
    int sixth = fifth + apart;
    int seventh = sixth + apart;
    int eighth = seventh + apart;
    int to = at;
    for (int row = 0; row < rows; row++) {
      numbers[to] = from[first + row];
      numbers[to + 1] = from[second + row];
      numbers[to + 2] = from[third + row];
      numbers[to + 3] = from[fourth + row];
      numbers[to + 4] = from[fifth + row];
      numbers[to + 5] = from[sixth + row];
      numbers[to + 6] = from[seventh + row];
      numbers[to + 7] = from[eighth + row];
      to += rowStride;
    }
  }

  private void copyColumn(Matrix other, int column, int from, int end) {
    for (int row = from; row < end; row++) {
      array[at(row, column)] = other.array[other.at(row, column)];
    }
  }

  /** Where in the array a number is. */
  int at(int row, int column) {
    return at + row * rowStride + column * columnStride;
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
