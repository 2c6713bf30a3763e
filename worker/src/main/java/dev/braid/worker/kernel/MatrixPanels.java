package dev.braid.worker.kernel;

import java.util.Arrays;

/** Panels of a matrix that lies in memory, at any strides. */
final class MatrixPanels implements Panels {
  private Matrix matrix = new Matrix();

  /** Lets them be those of {@code matrix}. */
  MatrixPanels of(Matrix matrix) {
    this.matrix = matrix;
    return this;
  }

  @Override
  public int depth() {
    return matrix.rows();
  }

  @Override
  public int columns() {
    return matrix.columns();
  }

  @Override
  public void pack(int from, int to, int column, int width, float[] panel) {
    int present = Math.min(width, matrix.columns() - column);
    if (present < width) {
      Arrays.fill(panel, 0, (to - from) * width, 0);
    }
    if (matrix.columnStride() == 1) {
      copyRows(from, to, column, present, width, panel);
    } else {
      copyColumns(from, to, column, present, width, panel);
    }
  }

  private void copyRows(int from, int to, int column, int present, int width, float[] panel) {
    int at = matrix.at() + column;
    for (int k = from; k < to; k++) {
      System.arraycopy(
          matrix.array(), at + k * matrix.rowStride(), panel, (k - from) * width, present);
    }
  }

  private void copyColumns(int from, int to, int column, int present, int width, float[] panel) {
    for (int j = 0; j < present; j++) {
      int at = matrix.at() + (column + j) * matrix.columnStride();
      for (int k = from; k < to; k++) {
        panel[(k - from) * width + j] = matrix.array()[at + k * matrix.rowStride()];
      }
    }
  }
}
