package dev.braid.worker.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products on the JDK's Vector API, blocked as in Goto and van de Geijn, "Anatomy of
 * High-Performance Matrix Multiplication" (2008). The result is cut into tiles of a few rows and
 * two vectors, which stay in registers while the inner dimension runs. Rows of the left factor are
 * copied together and stay in the second cache; the right factor is copied panel by panel, a panel
 * being as wide as a tile, and stays in a cache while all these rows use it. Lanes run over columns
 * of the result, so that their number decides nothing but speed.
 *
 * <p>The widest vectors are the fastest here: on a Xeon with both, 512 bits won over 256 bits on
 * every shape measured. A tile has as many accumulators as C2 of JDK 17 keeps in registers: 12 of
 * 16, or 16 of 32. With 24 it runs out of its budget of inlining and boxes some, ten times slower.
 * For the same reason all strides in the innermost loops are constants: each further index costs
 * registers, and C2 keeps what does not fit in those of vectors.
 */
final class VectorMatrixKernel implements MatrixKernel {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int WIDTH = 2 * LANES;

  /** Rows of a tile: AVX2 has 16 registers, AVX-512 and NEON have 32. */
  private static final int ROWS = LANES == 8 ? 6 : 8;

  /** Rows of a tile where there are no more. */
  private static final int FEW_ROWS = 6;

  /** Of the inner dimension, at most so much at a time. */
  private static final int MAX_DEPTH = 512;

  /** Of the left factor, at most so many rows at a time: whole tiles of either kind. */
  private static final int MAX_HEIGHT = 240;

  /** From a packed left row to the next: no power of two, or they would share a cache's sets. */
  private static final int LEFT_STRIDE = MAX_DEPTH + 16;

  private static final float[] ZEROS = new float[WIDTH];

  private final MatrixPanels panels = new MatrixPanels();
  private final float[] panel = new float[MAX_DEPTH * WIDTH];
  private float[] left = {};
  private final float[] edge = new float[ROWS * WIDTH];

  /** Of the inner dimension, as much as is packed. */
  private int depth;

  /** The panel at work, in which the numbers of a row of b are side by side, and its columns. */
  private float[] right = ZEROS;

  private int rightAt;
  private int width;

  // What the accumulators of the tile at work begin with, and where they go.
  private float[] start = ZEROS;
  private int startAt;
  private int startStride;
  private float[] result = ZEROS;
  private int resultAt;
  private int resultStride;

  @Override
  public void multiply(Matrix a, Matrix b, Matrix c, boolean adds) {
    multiply(a, panels.of(b), c, adds);
  }

  @Override
  public void multiply(Matrix a, Panels b, Matrix c, boolean adds) {
    MatrixKernel.requireProduct(a, b, c);
    if (b.depth() == 0 && !adds) {
      clear(c);
      return;
    }
    int numBlocks = (b.depth() + MAX_DEPTH - 1) / MAX_DEPTH;
    for (int block = 0; block < numBlocks; block++) {
      int from = (int) ((long) b.depth() * block / numBlocks);
      int to = (int) ((long) b.depth() * (block + 1) / numBlocks);
      for (int top = 0; top < a.rows(); top += MAX_HEIGHT) {
        int bottom = Math.min(top + MAX_HEIGHT, a.rows());
        packLeft(a, top, bottom, from, to);
        multiplyLeft(top, bottom, b, from, c, adds || block > 0);
      }
    }
  }

  private void packLeft(Matrix a, int top, int bottom, int from, int to) {
    depth = to - from;
    grow(bottom - top);
    for (int row = top; row < bottom; row++) {
      int at = a.at() + row * a.rowStride() + from * a.columnStride();
      int into = (row - top) * LEFT_STRIDE;
      if (a.columnStride() == 1) {
        System.arraycopy(a.array(), at, left, into, depth);
      } else {
        gather(a.array(), at, a.columnStride(), into);
      }
    }
  }

  /** Memory for so many left rows and those that fill the last tile. */
  private void grow(int rows) {
    int leftSize = (rows + ROWS) * LEFT_STRIDE;
    if (left.length < leftSize) {
      left = new float[leftSize];
    }
  }

  private void gather(float[] a, int at, int stride, int into) {
    for (int k = 0; k < depth; k++) {
      left[into + k] = a[at + k * stride];
    }
  }

  private void bindRight(Panels b, int from, int column) {
    if (b instanceof PackedMatrix packed) {
      right = packed.packed();
      rightAt = column * b.depth() + from * width;
    } else {
      b.pack(from, from + depth, column, width, panel);
      right = panel;
      rightAt = 0;
    }
  }

  /** Panels one after another, each with all of the inner dimension. */
  @Override
  public void pack(PackedMatrix b) {
    int panels = (b.columns() + WIDTH - 1) / WIDTH;
    float[] packed = b.packed(panels * WIDTH * b.depth());
    for (int column = 0; column < b.columns(); column += WIDTH) {
      int columns = width(b.columns() - column);
      for (int from = 0; from < b.depth(); from += MAX_DEPTH) {
        int to = Math.min(from + MAX_DEPTH, b.depth());
        b.pack(from, to, column, columns, panel);
        int at = column * b.depth() + from * columns;
        System.arraycopy(panel, 0, packed, at, (to - from) * columns);
      }
    }
  }

  /** Columns of the panel of so many columns or its first. */
  private static int width(int columns) {
    return columns > LANES ? WIDTH : LANES;
  }

  private static int tileRows(int rows) {
    return rows > FEW_ROWS ? ROWS : FEW_ROWS;
  }

  private void multiplyLeft(int top, int bottom, Panels b, int from, Matrix c, boolean adds) {
    for (int column = 0; column < b.columns(); column += WIDTH) {
      int columns = Math.min(WIDTH, b.columns() - column);
      width = width(columns);
      bindRight(b, from, column);
      int rows;
      for (int row = top; row < bottom; row += rows) {
        rows = tileRows(bottom - row);
        int at = c.at() + row * c.rowStride() + column * c.columnStride();
        if (bottom - row >= rows && columns == width && c.columnStride() == 1) {
          bind(c.array(), at, c.rowStride(), adds);
          tile(rows, (row - top) * LEFT_STRIDE);
        } else {
          bind(edge, 0, WIDTH, adds);
          if (adds) {
            fetch(c, at, Math.min(rows, bottom - row), columns);
          }
          tile(rows, (row - top) * LEFT_STRIDE);
          store(c, at, Math.min(rows, bottom - row), columns);
        }
      }
    }
  }

  private void bind(float[] array, int at, int stride, boolean adds) {
    result = array;
    resultAt = at;
    resultStride = stride;
    start = adds ? array : ZEROS;
    startAt = adds ? at : 0;
    startStride = adds ? stride : 0;
  }

  private void fetch(Matrix c, int at, int rows, int columns) {
    for (int i = 0; i < rows; i++) {
      int from = at + i * c.rowStride();
      for (int j = 0; j < columns; j++) {
        edge[i * WIDTH + j] = c.array()[from + j * c.columnStride()];
      }
    }
  }

  private void store(Matrix c, int at, int rows, int columns) {
    for (int i = 0; i < rows; i++) {
      int to = at + i * c.rowStride();
      for (int j = 0; j < columns; j++) {
        c.array()[to + j * c.columnStride()] = edge[i * WIDTH + j];
      }
    }
  }

  private static void clear(Matrix c) {
    for (int i = 0; i < c.rows(); i++) {
      for (int j = 0; j < c.columns(); j++) {
        c.array()[c.at() + i * c.rowStride() + j * c.columnStride()] = 0;
      }
    }
  }

  private void tile(int rows, int leftAt) {
    if (rows == FEW_ROWS) {
      if (width == LANES) {
        sixByOne(leftAt);
      } else {
        sixByTwo(leftAt);
      }
    } else if (width == LANES) {
      eightByOne(leftAt);
    } else {
      eightByTwo(leftAt);
    }
  }

  /** Eight rows of two vectors. */
  private void eightByTwo(int leftAt) {
    float[] a = left;
    float[] b = right;
    int rightAt = this.rightAt;
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
    at += startStride;
    FloatVector c60 = load(c, at);
    FloatVector c61 = load(c, at + LANES);
    at += startStride;
    FloatVector c70 = load(c, at);
    FloatVector c71 = load(c, at + LANES);
    int end = depth;
    for (int k = 0; k < end; k++) {
      FloatVector y0 = load(b, rightAt + k * WIDTH);
      FloatVector y1 = load(b, rightAt + k * WIDTH + LANES);
      FloatVector x = FloatVector.broadcast(SPECIES, a[leftAt + k]);
      c00 = x.fma(y0, c00);
      c01 = x.fma(y1, c01);
      x = FloatVector.broadcast(SPECIES, a[leftAt + k + LEFT_STRIDE]);
      c10 = x.fma(y0, c10);
      c11 = x.fma(y1, c11);
      x = FloatVector.broadcast(SPECIES, a[leftAt + k + 2 * LEFT_STRIDE]);
      c20 = x.fma(y0, c20);
      c21 = x.fma(y1, c21);
      x = FloatVector.broadcast(SPECIES, a[leftAt + k + 3 * LEFT_STRIDE]);
      c30 = x.fma(y0, c30);
      c31 = x.fma(y1, c31);
      x = FloatVector.broadcast(SPECIES, a[leftAt + k + 4 * LEFT_STRIDE]);
      c40 = x.fma(y0, c40);
      c41 = x.fma(y1, c41);
      x = FloatVector.broadcast(SPECIES, a[leftAt + k + 5 * LEFT_STRIDE]);
      c50 = x.fma(y0, c50);
      c51 = x.fma(y1, c51);
      x = FloatVector.broadcast(SPECIES, a[leftAt + k + 6 * LEFT_STRIDE]);
      c60 = x.fma(y0, c60);
      c61 = x.fma(y1, c61);
      x = FloatVector.broadcast(SPECIES, a[leftAt + k + 7 * LEFT_STRIDE]);
      c70 = x.fma(y0, c70);
      c71 = x.fma(y1, c71);
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
    at += resultStride;
    c60.intoArray(c, at);
    c61.intoArray(c, at + LANES);
    at += resultStride;
    c70.intoArray(c, at);
    c71.intoArray(c, at + LANES);
  }

  /** Eight rows of one vector. */
  private void eightByOne(int leftAt) {
    float[] a = left;
    float[] b = right;
    int rightAt = this.rightAt;
    float[] c = start;
    int at = startAt;
    FloatVector c0 = load(c, at);
    at += startStride;
    FloatVector c1 = load(c, at);
    at += startStride;
    FloatVector c2 = load(c, at);
    at += startStride;
    FloatVector c3 = load(c, at);
    at += startStride;
    FloatVector c4 = load(c, at);
    at += startStride;
    FloatVector c5 = load(c, at);
    at += startStride;
    FloatVector c6 = load(c, at);
    at += startStride;
    FloatVector c7 = load(c, at);
    int end = depth;
    for (int k = 0; k < end; k++) {
      FloatVector y = load(b, rightAt + k * LANES);
      FloatVector x = FloatVector.broadcast(SPECIES, a[leftAt + k]);
      c0 = x.fma(y, c0);
      x = FloatVector.broadcast(SPECIES, a[leftAt + k + LEFT_STRIDE]);
      c1 = x.fma(y, c1);
      x = FloatVector.broadcast(SPECIES, a[leftAt + k + 2 * LEFT_STRIDE]);
      c2 = x.fma(y, c2);
      x = FloatVector.broadcast(SPECIES, a[leftAt + k + 3 * LEFT_STRIDE]);
      c3 = x.fma(y, c3);
      x = FloatVector.broadcast(SPECIES, a[leftAt + k + 4 * LEFT_STRIDE]);
      c4 = x.fma(y, c4);
      x = FloatVector.broadcast(SPECIES, a[leftAt + k + 5 * LEFT_STRIDE]);
      c5 = x.fma(y, c5);
      x = FloatVector.broadcast(SPECIES, a[leftAt + k + 6 * LEFT_STRIDE]);
      c6 = x.fma(y, c6);
      x = FloatVector.broadcast(SPECIES, a[leftAt + k + 7 * LEFT_STRIDE]);
      c7 = x.fma(y, c7);
    }
    c = result;
    at = resultAt;
    c0.intoArray(c, at);
    at += resultStride;
    c1.intoArray(c, at);
    at += resultStride;
    c2.intoArray(c, at);
    at += resultStride;
    c3.intoArray(c, at);
    at += resultStride;
    c4.intoArray(c, at);
    at += resultStride;
    c5.intoArray(c, at);
    at += resultStride;
    c6.intoArray(c, at);
    at += resultStride;
    c7.intoArray(c, at);
  }

  /** Six rows of two vectors. */
  private void sixByTwo(int leftAt) {
    float[] a = left;
    float[] b = right;
    int rightAt = this.rightAt;
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
    int end = depth;
    for (int k = 0; k < end; k++) {
      FloatVector y0 = load(b, rightAt + k * WIDTH);
      FloatVector y1 = load(b, rightAt + k * WIDTH + LANES);
      FloatVector x = FloatVector.broadcast(SPECIES, a[leftAt + k]);
      c00 = x.fma(y0, c00);
      c01 = x.fma(y1, c01);
      x = FloatVector.broadcast(SPECIES, a[leftAt + k + LEFT_STRIDE]);
      c10 = x.fma(y0, c10);
      c11 = x.fma(y1, c11);
      x = FloatVector.broadcast(SPECIES, a[leftAt + k + 2 * LEFT_STRIDE]);
      c20 = x.fma(y0, c20);
      c21 = x.fma(y1, c21);
      x = FloatVector.broadcast(SPECIES, a[leftAt + k + 3 * LEFT_STRIDE]);
      c30 = x.fma(y0, c30);
      c31 = x.fma(y1, c31);
      x = FloatVector.broadcast(SPECIES, a[leftAt + k + 4 * LEFT_STRIDE]);
      c40 = x.fma(y0, c40);
      c41 = x.fma(y1, c41);
      x = FloatVector.broadcast(SPECIES, a[leftAt + k + 5 * LEFT_STRIDE]);
      c50 = x.fma(y0, c50);
      c51 = x.fma(y1, c51);
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
  private void sixByOne(int leftAt) {
    float[] a = left;
    float[] b = right;
    int rightAt = this.rightAt;
    float[] c = start;
    int at = startAt;
    FloatVector c0 = load(c, at);
    at += startStride;
    FloatVector c1 = load(c, at);
    at += startStride;
    FloatVector c2 = load(c, at);
    at += startStride;
    FloatVector c3 = load(c, at);
    at += startStride;
    FloatVector c4 = load(c, at);
    at += startStride;
    FloatVector c5 = load(c, at);
    int end = depth;
    for (int k = 0; k < end; k++) {
      FloatVector y = load(b, rightAt + k * LANES);
      FloatVector x = FloatVector.broadcast(SPECIES, a[leftAt + k]);
      c0 = x.fma(y, c0);
      x = FloatVector.broadcast(SPECIES, a[leftAt + k + LEFT_STRIDE]);
      c1 = x.fma(y, c1);
      x = FloatVector.broadcast(SPECIES, a[leftAt + k + 2 * LEFT_STRIDE]);
      c2 = x.fma(y, c2);
      x = FloatVector.broadcast(SPECIES, a[leftAt + k + 3 * LEFT_STRIDE]);
      c3 = x.fma(y, c3);
      x = FloatVector.broadcast(SPECIES, a[leftAt + k + 4 * LEFT_STRIDE]);
      c4 = x.fma(y, c4);
      x = FloatVector.broadcast(SPECIES, a[leftAt + k + 5 * LEFT_STRIDE]);
      c5 = x.fma(y, c5);
    }
    c = result;
    at = resultAt;
    c0.intoArray(c, at);
    at += resultStride;
    c1.intoArray(c, at);
    at += resultStride;
    c2.intoArray(c, at);
    at += resultStride;
    c3.intoArray(c, at);
    at += resultStride;
    c4.intoArray(c, at);
    at += resultStride;
    c5.intoArray(c, at);
  }

  private static FloatVector load(float[] values, int at) {
    return FloatVector.fromArray(SPECIES, values, at);
  }
}
