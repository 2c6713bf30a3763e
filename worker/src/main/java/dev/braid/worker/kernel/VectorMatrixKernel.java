package dev.braid.worker.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products on the JDK's Vector API. The result is cut into tiles of six rows and up to four
 * vectors, which stay in registers while the inner dimension runs; the right factor is packed panel
 * by panel, a panel being as wide as a tile, and stays in the cache while all rows use it. Lanes
 * run over columns of the result, so that their number decides nothing but speed.
 */
final class VectorMatrixKernel implements MatrixKernel {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int ROWS = 6;

  /** Vectors side by side in a tile: as many as there are registers for. */
  private static final int VECTORS = LANES == 8 ? 2 : 4;

  private static final int WIDTH = VECTORS * LANES;

  /** Of the inner dimension, so much at a time that a panel stays in the first cache. */
  private static final int DEPTH = 256;

  /** Of the left factor, so many rows at a time that they stay in the second cache. */
  private static final int HEIGHT = 64 * ROWS;

  private static final float[] ZEROS = new float[WIDTH];

  private final float[] panel = new float[DEPTH * WIDTH];
  private final float[] leftTile = new float[DEPTH * ROWS];
  private final float[] edge = new float[ROWS * WIDTH];
  private final MatrixPanels panels = new MatrixPanels();

  // The tile at work: its left rows, right panel, what its accumulators begin with, where they go.
  private float[] left = ZEROS;
  private int leftStride;
  private float[] right = ZEROS;
  private int rightAt;
  private int rightStride;
  private float[] start = ZEROS;
  private int startAt;
  private int startStride;
  private float[] result = ZEROS;
  private int resultAt;
  private int resultStride;
  private int depth;

  @Override
  public void multiply(Matrix a, Matrix b, Matrix c, boolean adds) {
    multiply(a, panels.of(b), c, adds);
  }

  @Override
  public void multiply(Matrix a, Panels b, Matrix c, boolean adds) {
    MatrixKernel.requireProduct(a, b, c);
    if (b.depth() == 0 && !adds) {
      clear(c);
    }
    for (int top = 0; top < a.rows(); top += HEIGHT) {
      int bottom = Math.min(top + HEIGHT, a.rows());
      for (int from = 0; from < b.depth(); from += DEPTH) {
        int to = Math.min(from + DEPTH, b.depth());
        for (int column = 0; column < b.columns(); column += WIDTH) {
          multiplyPanel(a, top, bottom, b, from, to, c, column, adds || from > 0);
        }
      }
    }
  }

  private void multiplyPanel(
      Matrix a,
      int top,
      int bottom,
      Panels b,
      int from,
      int to,
      Matrix c,
      int column,
      boolean adds) {
    int columns = Math.min(WIDTH, b.columns() - column);
    rightStride = vectors(columns) * LANES;
    if (b instanceof PackedMatrix packed) {
      right = packed.packed();
      rightAt = column * b.depth() + from * rightStride;
    } else {
      b.pack(from, to, column, rightStride, panel);
      right = panel;
      rightAt = 0;
    }
    depth = to - from;
    for (int row = top; row < bottom; row += ROWS) {
      int rows = Math.min(ROWS, bottom - row);
      int at = left(a, row, rows, from);
      int resultAt = c.at() + row * c.rowStride() + column;
      tile(at, c, resultAt, rows, columns, adds);
    }
  }

  /** Panels one after another, each with all of the inner dimension. */
  @Override
  public void pack(PackedMatrix b) {
    int panels = (b.columns() + WIDTH - 1) / WIDTH;
    float[] packed = b.packed(panels * WIDTH * b.depth());
    for (int column = 0; column < b.columns(); column += WIDTH) {
      int width = vectors(Math.min(WIDTH, b.columns() - column)) * LANES;
      for (int from = 0; from < b.depth(); from += DEPTH) {
        int to = Math.min(from + DEPTH, b.depth());
        b.pack(from, to, column, width, panel);
        int at = column * b.depth() + from * width;
        System.arraycopy(panel, 0, packed, at, (to - from) * width);
      }
    }
  }

  private static int vectors(int columns) {
    int vectors = (columns + LANES - 1) / LANES;
    return vectors == 3 ? 4 : vectors;
  }

  /** Binds the left rows and returns where they begin. */
  private int left(Matrix a, int row, int rows, int from) {
    if (rows == ROWS && a.columnStride() == 1) {
      left = a.array();
      leftStride = a.rowStride();
      return a.at() + row * a.rowStride() + from;
    }
    left = leftTile;
    leftStride = DEPTH;
    for (int i = 0; i < rows; i++) {
      int at = a.at() + (row + i) * a.rowStride() + from * a.columnStride();
      for (int k = 0; k < depth; k++) {
        leftTile[i * DEPTH + k] = a.array()[at + k * a.columnStride()];
      }
    }
    return 0;
  }

  private void tile(int leftAt, Matrix c, int at, int rows, int columns, boolean adds) {
    boolean whole = rows == ROWS && columns == rightStride;
    result = whole ? c.array() : edge;
    resultAt = whole ? at : 0;
    resultStride = whole ? c.rowStride() : WIDTH;
    start = adds ? result : ZEROS;
    startAt = adds ? resultAt : 0;
    startStride = adds ? resultStride : 0;
    if (!whole && adds) {
      for (int i = 0; i < rows; i++) {
        System.arraycopy(c.array(), at + i * c.rowStride(), edge, i * WIDTH, columns);
      }
    }
    run(leftAt);
    if (!whole) {
      for (int i = 0; i < rows; i++) {
        System.arraycopy(edge, i * WIDTH, c.array(), at + i * c.rowStride(), columns);
      }
    }
  }

  private void run(int leftAt) {
    switch (rightStride / LANES) {
      case 1 -> sixByOne(leftAt);
      case 2 -> sixByTwo(leftAt);
      default -> sixByFour(leftAt);
    }
  }

  private static void clear(Matrix c) {
    for (int i = 0; i < c.rows(); i++) {
      int at = c.at() + i * c.rowStride();
      Arrays.fill(c.array(), at, at + c.columns(), 0);
    }
  }

  /** Six rows of four vectors. */
  private void sixByFour(int a0) {
    float[] a = left;
    float[] b = right;
    int a1 = a0 + leftStride;
    int a2 = a1 + leftStride;
    int a3 = a2 + leftStride;
    int a4 = a3 + leftStride;
    int a5 = a4 + leftStride;
    float[] c = start;
    int at = startAt;
    FloatVector c00 = load(c, at);
    FloatVector c01 = load(c, at + LANES);
    FloatVector c02 = load(c, at + 2 * LANES);
    FloatVector c03 = load(c, at + 3 * LANES);
    at += startStride;
    FloatVector c10 = load(c, at);
    FloatVector c11 = load(c, at + LANES);
    FloatVector c12 = load(c, at + 2 * LANES);
    FloatVector c13 = load(c, at + 3 * LANES);
    at += startStride;
    FloatVector c20 = load(c, at);
    FloatVector c21 = load(c, at + LANES);
    FloatVector c22 = load(c, at + 2 * LANES);
    FloatVector c23 = load(c, at + 3 * LANES);
    at += startStride;
    FloatVector c30 = load(c, at);
    FloatVector c31 = load(c, at + LANES);
    FloatVector c32 = load(c, at + 2 * LANES);
    FloatVector c33 = load(c, at + 3 * LANES);
    at += startStride;
    FloatVector c40 = load(c, at);
    FloatVector c41 = load(c, at + LANES);
    FloatVector c42 = load(c, at + 2 * LANES);
    FloatVector c43 = load(c, at + 3 * LANES);
    at += startStride;
    FloatVector c50 = load(c, at);
    FloatVector c51 = load(c, at + LANES);
    FloatVector c52 = load(c, at + 2 * LANES);
    FloatVector c53 = load(c, at + 3 * LANES);
    int row = rightAt;
    int step = rightStride;
    int end = depth;
    for (int k = 0; k < end; k++) {
      FloatVector b0 = load(b, row);
      FloatVector b1 = load(b, row + LANES);
      FloatVector b2 = load(b, row + 2 * LANES);
      FloatVector b3 = load(b, row + 3 * LANES);
      row += step;
      FloatVector x = FloatVector.broadcast(SPECIES, a[a0 + k]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      c02 = x.fma(b2, c02);
      c03 = x.fma(b3, c03);
      x = FloatVector.broadcast(SPECIES, a[a1 + k]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      c12 = x.fma(b2, c12);
      c13 = x.fma(b3, c13);
      x = FloatVector.broadcast(SPECIES, a[a2 + k]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      c22 = x.fma(b2, c22);
      c23 = x.fma(b3, c23);
      x = FloatVector.broadcast(SPECIES, a[a3 + k]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
      c32 = x.fma(b2, c32);
      c33 = x.fma(b3, c33);
      x = FloatVector.broadcast(SPECIES, a[a4 + k]);
      c40 = x.fma(b0, c40);
      c41 = x.fma(b1, c41);
      c42 = x.fma(b2, c42);
      c43 = x.fma(b3, c43);
      x = FloatVector.broadcast(SPECIES, a[a5 + k]);
      c50 = x.fma(b0, c50);
      c51 = x.fma(b1, c51);
      c52 = x.fma(b2, c52);
      c53 = x.fma(b3, c53);
    }
    c = result;
    at = resultAt;
    c00.intoArray(c, at);
    c01.intoArray(c, at + LANES);
    c02.intoArray(c, at + 2 * LANES);
    c03.intoArray(c, at + 3 * LANES);
    at += resultStride;
    c10.intoArray(c, at);
    c11.intoArray(c, at + LANES);
    c12.intoArray(c, at + 2 * LANES);
    c13.intoArray(c, at + 3 * LANES);
    at += resultStride;
    c20.intoArray(c, at);
    c21.intoArray(c, at + LANES);
    c22.intoArray(c, at + 2 * LANES);
    c23.intoArray(c, at + 3 * LANES);
    at += resultStride;
    c30.intoArray(c, at);
    c31.intoArray(c, at + LANES);
    c32.intoArray(c, at + 2 * LANES);
    c33.intoArray(c, at + 3 * LANES);
    at += resultStride;
    c40.intoArray(c, at);
    c41.intoArray(c, at + LANES);
    c42.intoArray(c, at + 2 * LANES);
    c43.intoArray(c, at + 3 * LANES);
    at += resultStride;
    c50.intoArray(c, at);
    c51.intoArray(c, at + LANES);
    c52.intoArray(c, at + 2 * LANES);
    c53.intoArray(c, at + 3 * LANES);
  }

  /** Six rows of two vectors. */
  private void sixByTwo(int a0) {
    float[] a = left;
    float[] b = right;
    int a1 = a0 + leftStride;
    int a2 = a1 + leftStride;
    int a3 = a2 + leftStride;
    int a4 = a3 + leftStride;
    int a5 = a4 + leftStride;
    float[] c = start;
    int at = startAt;
    FloatVector c00 = load(c, at);
    FloatVector c01 = load(c, at + LANES);
    at += startStride;
    FloatVector c10 = load(c, at);
    FloatVector c11 = load(c, at + LANES);
    at += startStride;
    FloatVector c20 = load(c, at);
    FloatVector c21 = load(c, at + LANES);
    at += startStride;
    FloatVector c30 = load(c, at);
    FloatVector c31 = load(c, at + LANES);
    at += startStride;
    FloatVector c40 = load(c, at);
    FloatVector c41 = load(c, at + LANES);
    at += startStride;
    FloatVector c50 = load(c, at);
    FloatVector c51 = load(c, at + LANES);
    int row = rightAt;
    int step = rightStride;
    int end = depth;
    for (int k = 0; k < end; k++) {
      FloatVector b0 = load(b, row);
      FloatVector b1 = load(b, row + LANES);
      row += step;
      FloatVector x = FloatVector.broadcast(SPECIES, a[a0 + k]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = FloatVector.broadcast(SPECIES, a[a1 + k]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      x = FloatVector.broadcast(SPECIES, a[a2 + k]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      x = FloatVector.broadcast(SPECIES, a[a3 + k]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
      x = FloatVector.broadcast(SPECIES, a[a4 + k]);
      c40 = x.fma(b0, c40);
      c41 = x.fma(b1, c41);
      x = FloatVector.broadcast(SPECIES, a[a5 + k]);
      c50 = x.fma(b0, c50);
      c51 = x.fma(b1, c51);
    }
    c = result;
    at = resultAt;
    c00.intoArray(c, at);
    c01.intoArray(c, at + LANES);
    at += resultStride;
    c10.intoArray(c, at);
    c11.intoArray(c, at + LANES);
    at += resultStride;
    c20.intoArray(c, at);
    c21.intoArray(c, at + LANES);
    at += resultStride;
    c30.intoArray(c, at);
    c31.intoArray(c, at + LANES);
    at += resultStride;
    c40.intoArray(c, at);
    c41.intoArray(c, at + LANES);
    at += resultStride;
    c50.intoArray(c, at);
    c51.intoArray(c, at + LANES);
  }

  /** Six rows of one vector. */
  private void sixByOne(int a0) {
    float[] a = left;
    float[] b = right;
    int a1 = a0 + leftStride;
    int a2 = a1 + leftStride;
    int a3 = a2 + leftStride;
    int a4 = a3 + leftStride;
    int a5 = a4 + leftStride;
    float[] c = start;
    int at = startAt;
    FloatVector c00 = load(c, at);
    at += startStride;
    FloatVector c10 = load(c, at);
    at += startStride;
    FloatVector c20 = load(c, at);
    at += startStride;
    FloatVector c30 = load(c, at);
    at += startStride;
    FloatVector c40 = load(c, at);
    at += startStride;
    FloatVector c50 = load(c, at);
    int row = rightAt;
    int step = rightStride;
    int end = depth;
    for (int k = 0; k < end; k++) {
      FloatVector b0 = load(b, row);
      row += step;
      FloatVector x = FloatVector.broadcast(SPECIES, a[a0 + k]);
      c00 = x.fma(b0, c00);
      x = FloatVector.broadcast(SPECIES, a[a1 + k]);
      c10 = x.fma(b0, c10);
      x = FloatVector.broadcast(SPECIES, a[a2 + k]);
      c20 = x.fma(b0, c20);
      x = FloatVector.broadcast(SPECIES, a[a3 + k]);
      c30 = x.fma(b0, c30);
      x = FloatVector.broadcast(SPECIES, a[a4 + k]);
      c40 = x.fma(b0, c40);
      x = FloatVector.broadcast(SPECIES, a[a5 + k]);
      c50 = x.fma(b0, c50);
    }
    c = result;
    at = resultAt;
    c00.intoArray(c, at);
    at += resultStride;
    c10.intoArray(c, at);
    at += resultStride;
    c20.intoArray(c, at);
    at += resultStride;
    c30.intoArray(c, at);
    at += resultStride;
    c40.intoArray(c, at);
    at += resultStride;
    c50.intoArray(c, at);
  }

  private static FloatVector load(float[] values, int at) {
    return FloatVector.fromArray(SPECIES, values, at);
  }
}
