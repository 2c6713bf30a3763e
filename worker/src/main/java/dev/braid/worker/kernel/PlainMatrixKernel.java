package dev.braid.worker.kernel;

import java.util.Arrays;

/** Products in plain loops. */
final class PlainMatrixKernel implements MatrixKernel {
  private static final int WIDTH = 64;
  private static final int DEPTH = 256;

  /** A part of the right factor, the numbers of each row side by side. */
  private final Matrix panel = new Matrix();

  private final float[] numbers = new float[DEPTH * WIDTH];
  private final Matrix part = new Matrix();

  @Override
  public void multiply(Matrix a, PackedMatrix b, Matrix start, Matrix c) {
    multiply(a, b.matrix(), start, c);
  }

  @Override
  public void multiply(Matrix a, Matrix b, Matrix start, Matrix c) {
    MatrixKernel.requireProduct(a, b, c);
    if (start == null) {
      clear(c);
    } else if (start != c) {
      c.copyFrom(start);
    }
    for (int column = 0; column < b.columns(); column += WIDTH) {
      int width = Math.min(WIDTH, b.columns() - column);
      for (int from = 0; from < b.rows(); from += DEPTH) {
        int depth = Math.min(DEPTH, b.rows() - from);
        part.partOf(b, from, column, depth, width);
        panel.bind(numbers, 0, depth, width).copyFrom(part);
        for (int row = 0; row < a.rows(); row++) {
          addRow(a, row, from, c.array(), c.at(row, column));
        }
      }
    }
  }

  /** Adds the terms of the rows of b which are in the panel to a row of the result. */
  private void addRow(Matrix a, int row, int from, float[] c, int at) {
    int width = panel.columns();
    for (int k = 0; k < panel.rows(); k++) {
      float x = a.array()[a.at(row, from + k)];
      int b = k * width;
      for (int j = 0; j < width; j++) {
        c[at + j] = Math.fma(x, numbers[b + j], c[at + j]);
      }
    }
  }

  private static void clear(Matrix c) {
    for (int row = 0; row < c.rows(); row++) {
      int at = c.at(row, 0);
      Arrays.fill(c.array(), at, at + c.columns(), 0);
    }
  }
}
