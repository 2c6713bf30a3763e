package dev.braid.worker.kernel;

import java.util.Arrays;

/** Products in plain loops. */
final class PlainMatrixKernel implements MatrixKernel {
  private static final int WIDTH = 64;
  private static final int DEPTH = 256;

  private final float[] panel = new float[DEPTH * WIDTH];
  private final MatrixPanels panels = new MatrixPanels();

  @Override
  public void multiply(Matrix a, Matrix b, Matrix c, boolean adds) {
    multiply(a, panels.of(b), c, adds);
  }

  @Override
  public void multiply(Matrix a, Panels b, Matrix c, boolean adds) {
    MatrixKernel.requireProduct(a, b, c);
    for (int column = 0; column < b.columns(); column += WIDTH) {
      int width = Math.min(WIDTH, b.columns() - column);
      if (!adds) {
        clear(c, column, width);
      }
      for (int from = 0; from < b.depth(); from += DEPTH) {
        int to = Math.min(from + DEPTH, b.depth());
        b.pack(from, to, column, width, panel);
        for (int i = 0; i < a.rows(); i++) {
          addRow(a, i, from, to, width, c.at() + i * c.rowStride() + column, c.array());
        }
      }
    }
  }

  /** Adds the terms of some rows of b, which are in the panel, to a row of the result. */
  private void addRow(Matrix a, int row, int from, int to, int width, int at, float[] c) {
    for (int k = from; k < to; k++) {
      float x = a.array()[a.at() + row * a.rowStride() + k * a.columnStride()];
      int b = (k - from) * width;
      for (int j = 0; j < width; j++) {
        c[at + j] = Math.fma(x, panel[b + j], c[at + j]);
      }
    }
  }

  private static void clear(Matrix c, int column, int width) {
    for (int i = 0; i < c.rows(); i++) {
      int at = c.at() + i * c.rowStride() + column;
      Arrays.fill(c.array(), at, at + width, 0);
    }
  }
}
