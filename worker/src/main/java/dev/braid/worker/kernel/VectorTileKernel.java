package dev.braid.worker.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tiles of a product on the JDK's Vector API: a few rows of the result, one or two vectors wide,
 * which stay in registers while the inner dimension runs. Lanes run over columns, so that their
 * number decides nothing but speed.
 *
 * <p>A tile has as many accumulators as C2 keeps in registers: 12 of 16, or 24 of 32. With more it
 * runs out of its budget of inlining and boxes some, ten times slower. For the same reason the
 * strides in the innermost loops are constants: each further index costs registers, and C2 keeps
 * what does not fit in those of vectors.
 */
final class VectorTileKernel {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  /** Columns of a narrow panel of the right factor: one vector. */
  static final int LANES = SPECIES.length();

  /** Columns of a panel of the right factor: two vectors. */
  static final int WIDTH = 2 * LANES;

  /** Rows of the highest tile: AVX2 has 16 registers, AVX-512 and NEON have 32. */
  static final int ROWS = LANES == 8 ? 6 : 12;

  /** Of the inner dimension, at most so much at a time. */
  static final int MAX_DEPTH = 512;

  /** From a row of the left factor to the next: no power of two, or they would share cache sets. */
  private static final int STRIDE = MAX_DEPTH + 16;

  /**
   * Rows of a left factor that are copied once for several parts of the right one: half a megabyte.
   */
  static final int KEPT_ROWS = 264;

  /** Rows of the left factor, the numbers of each side by side, of which some are at work. */
  private float[] left = new float[ROWS * STRIDE];

  private final Matrix leftRows = new Matrix();
  private int leftAt;
  private int rows;
  private int depth;

  /** The panel at work, in which the numbers of a row of the right factor are side by side. */
  private float[] right = {};

  private int rightAt;
  private int width;

  // What the accumulators begin with, and where they go.
  private float[] start = {};
  private int startAt;
  private int startStride;
  private float[] result = {};
  private int resultAt;
  private int resultStride;

  /** Rows of the next tile where so many are left: of what there is, what leaves least undone. */
  static int rows(int left) {
    if (left <= 6 || ROWS == 6) {
      return 6;
    }
    return left <= 8 || left > 12 && left <= 16 ? 8 : ROWS;
  }

  /** Copies rows of the left factor. */
  void copyLeft(Matrix part) {
    // A tile may reach beyond the last row.
    int size = (part.rows() + ROWS) * STRIDE;
    if (left.length < size) {
      left = new float[size];
    }
    leftRows.bind(left, 0, part.rows(), part.columns(), STRIDE).copyFrom(part);
  }

  /** Takes those from {@code row} on, for tiles of {@code rows}, which may be more. */
  void left(int row, int rows, int depth) {
    leftAt = row * STRIDE;
    this.rows = rows;
    this.depth = depth;
  }

  /**
   * Takes rows that lie anywhere.
   *
   * @param starts how far behind {@code at} each begins
   * @param first the first row
   * @param present how many there are
   * @param terms numbers of each
   * @param rows of tiles, which may be more
   */
  void left(float[] values, int at, int[] starts, int first, int present, int terms, int rows) {
    for (int row = 0; row < present; row++) {
      VectorConvolutionKernel.copyRow(values, at + starts[first + row], left, row * STRIDE, terms);
    }
    left(0, rows, terms);
  }

  /** How many rows a tile writes. */
  int rowsWritten(int width) {
    return width == WIDTH ? rows : (rows + 5) / 6 * 6;
  }

  /** Rows of the tiles. */
  int rows() {
    return rows;
  }

  /** Takes a panel {@link #WIDTH} or {@link #LANES} wide. */
  void right(float[] panel, int at, int width) {
    right = panel;
    rightAt = at;
    this.width = width;
  }

  /** Lets accumulators begin with what is there, in rows so far apart. */
  void start(float[] array, int at, int stride) {
    start = array;
    startAt = at;
    startStride = stride;
  }

  /** Computes a tile into rows so far apart. A narrow one may write {@link #ROWS}. */
  void run(float[] array, int at, int stride) {
    result = array;
    resultAt = at;
    resultStride = stride;
    if (width == LANES && rows == 12) {
      twelveByOne();
    } else if (width == LANES) {
      for (int row = 0; row < rows; row += 6) {
        sixByOne(leftAt + row * STRIDE);
        startAt += 6 * startStride;
        resultAt += 6 * resultStride;
      }
    } else if (rows == 12) {
      twelveByTwo();
    } else if (rows == 8) {
      eightByTwo();
    } else {
      sixByTwo();
    }
  }

  /** Copies a panel of a matrix whose numbers lie side by side in its rows. */
  static void copyPanel(Matrix columns, float[] panel, int at) {
    float[] from = columns.array();
    int next = columns.at();
    for (int k = 0; k < columns.rows(); k++) {
      load(from, next).intoArray(panel, at + k * WIDTH);
      load(from, next + LANES).intoArray(panel, at + k * WIDTH + LANES);
      next += columns.rowStride();
    }
  }

  /** Twelve rows of two vectors. */
  private void twelveByTwo() {
    float[] a = left;
    float[] b = right;
    int first = leftAt;
    int rightAt = this.rightAt - first * WIDTH;
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
    at += startStride;
    FloatVector c80 = load(c, at);
    FloatVector c81 = load(c, at + LANES);
    at += startStride;
    FloatVector c90 = load(c, at);
    FloatVector c91 = load(c, at + LANES);
    at += startStride;
    FloatVector ca0 = load(c, at);
    FloatVector ca1 = load(c, at + LANES);
    at += startStride;
    FloatVector cb0 = load(c, at);
    FloatVector cb1 = load(c, at + LANES);
    int end = first + depth;
    for (int k = first; k < end; k++) {
      FloatVector y0 = load(b, rightAt + k * WIDTH);
      FloatVector y1 = load(b, rightAt + k * WIDTH + LANES);
      FloatVector x = FloatVector.broadcast(SPECIES, a[k]);
      c00 = x.fma(y0, c00);
      c01 = x.fma(y1, c01);
      x = FloatVector.broadcast(SPECIES, a[k + STRIDE]);
      c10 = x.fma(y0, c10);
      c11 = x.fma(y1, c11);
      x = FloatVector.broadcast(SPECIES, a[k + 2 * STRIDE]);
      c20 = x.fma(y0, c20);
      c21 = x.fma(y1, c21);
      x = FloatVector.broadcast(SPECIES, a[k + 3 * STRIDE]);
      c30 = x.fma(y0, c30);
      c31 = x.fma(y1, c31);
      x = FloatVector.broadcast(SPECIES, a[k + 4 * STRIDE]);
      c40 = x.fma(y0, c40);
      c41 = x.fma(y1, c41);
      x = FloatVector.broadcast(SPECIES, a[k + 5 * STRIDE]);
      c50 = x.fma(y0, c50);
      c51 = x.fma(y1, c51);
      x = FloatVector.broadcast(SPECIES, a[k + 6 * STRIDE]);
      c60 = x.fma(y0, c60);
      c61 = x.fma(y1, c61);
      x = FloatVector.broadcast(SPECIES, a[k + 7 * STRIDE]);
      c70 = x.fma(y0, c70);
      c71 = x.fma(y1, c71);
      x = FloatVector.broadcast(SPECIES, a[k + 8 * STRIDE]);
      c80 = x.fma(y0, c80);
      c81 = x.fma(y1, c81);
      x = FloatVector.broadcast(SPECIES, a[k + 9 * STRIDE]);
      c90 = x.fma(y0, c90);
      c91 = x.fma(y1, c91);
      x = FloatVector.broadcast(SPECIES, a[k + 10 * STRIDE]);
      ca0 = x.fma(y0, ca0);
      ca1 = x.fma(y1, ca1);
      x = FloatVector.broadcast(SPECIES, a[k + 11 * STRIDE]);
      cb0 = x.fma(y0, cb0);
      cb1 = x.fma(y1, cb1);
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
    at += resultStride;
    c80.intoArray(c, at);
    c81.intoArray(c, at + LANES);
    at += resultStride;
    c90.intoArray(c, at);
    c91.intoArray(c, at + LANES);
    at += resultStride;
    ca0.intoArray(c, at);
    ca1.intoArray(c, at + LANES);
    at += resultStride;
    cb0.intoArray(c, at);
    cb1.intoArray(c, at + LANES);
  }

  /** Eight rows of two vectors. */
  private void eightByTwo() {
    float[] a = left;
    float[] b = right;
    int first = leftAt;
    int rightAt = this.rightAt - first * WIDTH;
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
    int end = first + depth;
    for (int k = first; k < end; k++) {
      FloatVector y0 = load(b, rightAt + k * WIDTH);
      FloatVector y1 = load(b, rightAt + k * WIDTH + LANES);
      FloatVector x = FloatVector.broadcast(SPECIES, a[k]);
      c00 = x.fma(y0, c00);
      c01 = x.fma(y1, c01);
      x = FloatVector.broadcast(SPECIES, a[k + STRIDE]);
      c10 = x.fma(y0, c10);
      c11 = x.fma(y1, c11);
      x = FloatVector.broadcast(SPECIES, a[k + 2 * STRIDE]);
      c20 = x.fma(y0, c20);
      c21 = x.fma(y1, c21);
      x = FloatVector.broadcast(SPECIES, a[k + 3 * STRIDE]);
      c30 = x.fma(y0, c30);
      c31 = x.fma(y1, c31);
      x = FloatVector.broadcast(SPECIES, a[k + 4 * STRIDE]);
      c40 = x.fma(y0, c40);
      c41 = x.fma(y1, c41);
      x = FloatVector.broadcast(SPECIES, a[k + 5 * STRIDE]);
      c50 = x.fma(y0, c50);
      c51 = x.fma(y1, c51);
      x = FloatVector.broadcast(SPECIES, a[k + 6 * STRIDE]);
      c60 = x.fma(y0, c60);
      c61 = x.fma(y1, c61);
      x = FloatVector.broadcast(SPECIES, a[k + 7 * STRIDE]);
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

  /** Six rows of two vectors. */
  private void sixByTwo() {
    float[] a = left;
    float[] b = right;
    int first = leftAt;
    int rightAt = this.rightAt - first * WIDTH;
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
    int end = first + depth;
    for (int k = first; k < end; k++) {
      FloatVector y0 = load(b, rightAt + k * WIDTH);
      FloatVector y1 = load(b, rightAt + k * WIDTH + LANES);
      FloatVector x = FloatVector.broadcast(SPECIES, a[k]);
      c00 = x.fma(y0, c00);
      c01 = x.fma(y1, c01);
      x = FloatVector.broadcast(SPECIES, a[k + STRIDE]);
      c10 = x.fma(y0, c10);
      c11 = x.fma(y1, c11);
      x = FloatVector.broadcast(SPECIES, a[k + 2 * STRIDE]);
      c20 = x.fma(y0, c20);
      c21 = x.fma(y1, c21);
      x = FloatVector.broadcast(SPECIES, a[k + 3 * STRIDE]);
      c30 = x.fma(y0, c30);
      c31 = x.fma(y1, c31);
      x = FloatVector.broadcast(SPECIES, a[k + 4 * STRIDE]);
      c40 = x.fma(y0, c40);
      c41 = x.fma(y1, c41);
      x = FloatVector.broadcast(SPECIES, a[k + 5 * STRIDE]);
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

  /** Twelve rows of one vector. */
  private void twelveByOne() {
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
    at += startStride;
    FloatVector c8 = load(c, at);
    at += startStride;
    FloatVector c9 = load(c, at);
    at += startStride;
    FloatVector ca = load(c, at);
    at += startStride;
    FloatVector cb = load(c, at);
    int end = depth;
    for (int k = 0; k < end; k++) {
      FloatVector y = load(b, rightAt + k * LANES);
      FloatVector x = FloatVector.broadcast(SPECIES, a[k]);
      c0 = x.fma(y, c0);
      x = FloatVector.broadcast(SPECIES, a[k + STRIDE]);
      c1 = x.fma(y, c1);
      x = FloatVector.broadcast(SPECIES, a[k + 2 * STRIDE]);
      c2 = x.fma(y, c2);
      x = FloatVector.broadcast(SPECIES, a[k + 3 * STRIDE]);
      c3 = x.fma(y, c3);
      x = FloatVector.broadcast(SPECIES, a[k + 4 * STRIDE]);
      c4 = x.fma(y, c4);
      x = FloatVector.broadcast(SPECIES, a[k + 5 * STRIDE]);
      c5 = x.fma(y, c5);
      x = FloatVector.broadcast(SPECIES, a[k + 6 * STRIDE]);
      c6 = x.fma(y, c6);
      x = FloatVector.broadcast(SPECIES, a[k + 7 * STRIDE]);
      c7 = x.fma(y, c7);
      x = FloatVector.broadcast(SPECIES, a[k + 8 * STRIDE]);
      c8 = x.fma(y, c8);
      x = FloatVector.broadcast(SPECIES, a[k + 9 * STRIDE]);
      c9 = x.fma(y, c9);
      x = FloatVector.broadcast(SPECIES, a[k + 10 * STRIDE]);
      ca = x.fma(y, ca);
      x = FloatVector.broadcast(SPECIES, a[k + 11 * STRIDE]);
      cb = x.fma(y, cb);
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
    at += resultStride;
    c8.intoArray(c, at);
    at += resultStride;
    c9.intoArray(c, at);
    at += resultStride;
    ca.intoArray(c, at);
    at += resultStride;
    cb.intoArray(c, at);
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
      x = FloatVector.broadcast(SPECIES, a[leftAt + k + STRIDE]);
      c1 = x.fma(y, c1);
      x = FloatVector.broadcast(SPECIES, a[leftAt + k + 2 * STRIDE]);
      c2 = x.fma(y, c2);
      x = FloatVector.broadcast(SPECIES, a[leftAt + k + 3 * STRIDE]);
      c3 = x.fma(y, c3);
      x = FloatVector.broadcast(SPECIES, a[leftAt + k + 4 * STRIDE]);
      c4 = x.fma(y, c4);
      x = FloatVector.broadcast(SPECIES, a[leftAt + k + 5 * STRIDE]);
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
