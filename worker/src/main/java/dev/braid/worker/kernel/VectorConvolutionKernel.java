package dev.braid.worker.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The products on the JDK's Vector API. Lanes run over places where values slide, over columns
 * where they are gathered; a tile of results stays in registers for all of its terms.
 */
final class VectorConvolutionKernel implements ConvolutionKernel {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  /** Rows of the largest tile: two vectors each, and what they are made of, fill the registers. */
  private static final int ROWS = LANES >= 16 ? 8 : 6;

  private static final int SOME_ROWS = 6;
  private static final int FEW_ROWS = 4;
  private static final int ONE_ROW_VECTORS = 4;

  private static final IntVector LANE_NUMBERS = IntVector.zero(INTS).addIndex(1);

  private final VectorTileKernel product = new VectorTileKernel();
  private final VectorMatrixKernel packing = new VectorMatrixKernel();
  private final PackedMatrix right = new PackedMatrix();
  private final float[] edge = new float[VectorTileKernel.ROWS * VectorTileKernel.WIDTH];
  private final Matrix edgeSums = new Matrix();
  private final Matrix someSums = new Matrix();
  private final float[] tile = new float[ROWS * 2 * LANES];
  private final int[] tail = new int[LANES];
  private int tailColumns; // that are marked there
  private float[] row = {};
  private float[] a;
  private int aAt;
  private float[] b;
  private int bAt;
  private Floats start;
  private int[] taps;

  @Override
  public void copy(Matrix from, Matrix to) {
    if (isRoom(from, to)) {
      copyShort(from, to);
      return;
    }
    int at = from.at();
    int next = to.at();
    for (int i = 0; i < to.rows(); i++) {
      copyRow(from.array(), at, to.array(), next, to.columns());
      at += from.rowStride();
      next += to.rowStride();
    }
  }

  /** Whether rows are shorter than a vector, of which all may be read and written again. */
  private static boolean isRoom(Matrix from, Matrix to) {
    int last = to.rows() - 1;
    int end = Math.max(from.at() + last * from.rowStride(), to.at() + last * to.rowStride());
    return to.columns() < LANES && end + LANES <= Math.min(from.array().length, to.array().length);
  }

  static void copyRow(float[] from, int at, float[] to, int next, int count) {
    if (count < LANES) {
      System.arraycopy(from, at, to, next, count);
      return;
    }
    for (int i = 0; i < count - LANES; i += LANES) {
      load(from, at + i).intoArray(to, next + i);
    }
    load(from, at + count - LANES).intoArray(to, next + count - LANES);
  }

  /** Rows shorter than a vector: what lies behind them is written as it was. */
  private void copyShort(Matrix from, Matrix to) {
    float[] source = from.array();
    float[] target = to.array();
    int at = from.at();
    int next = to.at();
    int rows = to.rows();
    int row = 0;
    if (to.rowStride() == to.columns()) {
      // What is behind these is overwritten by the rows after them.
      for (; (rows - row) * to.columns() >= LANES; row++) {
        load(source, at).intoArray(target, next);
        at += from.rowStride();
        next += to.rowStride();
      }
    }
    IntVector inRow = inRow(to.columns());
    for (; row < rows; row++) {
      IntVector copied = load(source, at).reinterpretAsInts().and(inRow);
      IntVector behind = load(target, next).reinterpretAsInts().and(inRow.not());
      copied.or(behind).reinterpretAsFloats().intoArray(target, next);
      at += from.rowStride();
      next += to.rowStride();
    }
  }

  private IntVector inRow(int columns) {
    tailOf(columns);
    return IntVector.fromArray(INTS, tail, 0);
  }

  /** Marks the lanes of so many columns, unless they are marked: a load would wait for that. */
  private void tailOf(int columns) {
    if (columns == tailColumns) {
      return;
    }
    tailColumns = columns;
    for (int i = 0; i < LANES; i++) {
      tail[i] = i < columns ? -1 : 0;
    }
  }

  @Override
  public void add(Matrix from, Matrix to) {
    boolean isShort = isRoom(from, to);
    // Every other row at a time: a row's vector reaches into the next one.
    for (int first = 0; first < 2; first++) {
      int at = from.at() + first * from.rowStride();
      int next = to.at() + first * to.rowStride();
      if (isShort) {
        addShort(from, at, to, next, (to.rows() + 1 - first) / 2);
        continue;
      }
      for (int i = first; i < to.rows(); i += 2) {
        addRow(from.array(), at, to.array(), next, to.columns());
        at += 2 * from.rowStride();
        next += 2 * to.rowStride();
      }
    }
  }

  private static void addRow(float[] from, int at, float[] to, int next, int count) {
    int whole = SPECIES.loopBound(count);
    for (int i = 0; i < whole; i += LANES) {
      load(to, next + i).add(load(from, at + i)).intoArray(to, next + i);
    }
    PlainConvolutionKernel.addRow(from, at + whole, to, next + whole, count - whole);
  }

  private void addShort(Matrix from, int at, Matrix to, int next, int rows) {
    IntVector inRow = inRow(to.columns());
    IntVector minusZero = inRow.not().and(Integer.MIN_VALUE); // which changes no number
    float[] source = from.array();
    float[] target = to.array();
    int fromStride = 2 * from.rowStride();
    int toStride = 2 * to.rowStride();
    for (int i = 0; i < rows; i++) {
      IntVector added = load(source, at + i * fromStride).reinterpretAsInts().and(inRow);
      FloatVector sum = load(target, next + i * toStride);
      sum.add(added.or(minusZero).reinterpretAsFloats()).intoArray(target, next + i * toStride);
    }
  }

  /** Where a row has no number, -0 is added, which changes none. */
  @Override
  public void addShifted(Floats from, ShiftedRows shifted, Floats to) {
    int[] rows = shifted.rows();
    for (int row = 0; row < rows.length; row++) {
      int at = to.at() + rows[row];
      int begin = row == 0 ? 0 : shifted.ends()[row - 1];
      if (at + shifted.width() + LANES > to.array().length) {
        PlainConvolutionKernel.addShifted(from, shifted, row, to);
        continue;
      }
      for (int column = 0; column < shifted.width(); column += LANES) {
        addShifted(from, shifted, begin, shifted.ends()[row], column, to.array(), at + column);
      }
    }
  }

  private static void addShifted(
      Floats from, ShiftedRows shifted, int begin, int end, int column, float[] to, int at) {
    float[] values = from.array();
    int[] firsts = shifted.from();
    int[] lefts = shifted.left();
    int[] counts = shifted.counts();
    int first = from.at() + column;
    FloatVector sum = FloatVector.fromArray(SPECIES, to, at);
    for (int i = begin; i < end; i++) {
      int left = lefts[i] - column; // lane of the row's first number
      IntVector bits =
          FloatVector.fromArray(SPECIES, values, first + firsts[i] - lefts[i]).reinterpretAsInts();
      IntVector within = LANE_NUMBERS.sub(left);
      IntVector isOutside =
          within
              .or(IntVector.broadcast(INTS, counts[i] - 1).sub(within))
              .lanewise(VectorOperators.ASHR, 31);
      IntVector number = bits.and(isOutside.not()).or(isOutside.and(Integer.MIN_VALUE));
      sum = sum.add(number.reinterpretAsFloats());
    }
    sum.intoArray(to, at);
  }

  /** Rows in blocks as high as a tile, each term by term. */
  @Override
  public void pack(Floats weights, int rows, int rowStride, int[] terms, Floats packed) {
    int next = packed.at();
    for (int row = 0; row < rows; row += height(rows - row)) {
      int height = height(rows - row);
      for (int term : terms) {
        for (int i = row; i < row + height; i++) {
          packed.array()[next++] = weights.array()[weights.at() + i * rowStride + term];
        }
      }
    }
  }

  /** How many of the rows that are left the next tile has: no row stays alone if they are even. */
  private static int height(int rows) {
    int even = rows & ~1;
    if (even < FEW_ROWS) {
      return 1;
    }
    if (ROWS == 6) {
      return even == 4 || even == 8 ? FEW_ROWS : ROWS;
    }
    return switch (even) {
      case 4 -> FEW_ROWS;
      case 6, 10, 12, 18 -> SOME_ROWS;
      default -> ROWS;
    };
  }

  @Override
  public void slide(Floats packed, Floats start, Floats values, int[] taps, Matrix result) {
    a = packed.array();
    aAt = packed.at();
    b = values.array();
    bAt = values.at();
    this.taps = taps;
    this.start = start;
    int columns = result.columns();
    int rows = result.rows();
    for (int column = 0; rows >= FEW_ROWS && column < columns; column += 2 * LANES) {
      boolean narrow = columns - column <= LANES;
      int height;
      for (int row = 0; rows - row >= FEW_ROWS; row += height) {
        height = height(rows - row);
        slideTile(row, height, column, narrow && height > FEW_ROWS ? LANES : 2 * LANES, result);
      }
    }
    for (int row = firstSingle(rows); row < rows; row++) {
      for (int column = 0; column < columns; column += ONE_ROW_VECTORS * LANES) {
        slideTile(row, 1, column, ONE_ROW_VECTORS * LANES, result);
      }
    }
  }

  /** The first of the rows that have tiles of their own. */
  private static int firstSingle(int rows) {
    int row = 0;
    while (rows - row >= FEW_ROWS) {
      row += height(rows - row);
    }
    return row;
  }

  private void slideTile(int row, int height, int column, int width, Matrix result) {
    int to = result.at() + row * result.rowStride() + column;
    int columns = result.columns() - column;
    if (columns >= width) {
      slideTile(row, height, column, width, result.array(), to, result.rowStride());
      return;
    }
    slideTile(row, height, column, width, tile, 0, width);
    for (int i = 0; i < height; i++) {
      System.arraycopy(tile, i * width, result.array(), to + i * result.rowStride(), columns);
    }
  }

  private void slideTile(
      int row, int height, int column, int width, float[] c, int to, int stride) {
    if (height == 1) {
      slide1x4(row, column, c, to);
    } else if (height == FEW_ROWS) {
      slide4x2(row, column, c, to, stride);
    } else if (height == 8) {
      if (width == LANES) {
        slide8x1(row, column, c, to, stride);
      } else {
        slide8x2(row, column, c, to, stride);
      }
    } else if (width == LANES) {
      slide6x1(row, column, c, to, stride);
    } else {
      slide6x2(row, column, c, to, stride);
    }
  }

  /** Eight rows of two vectors. */
  private void slide8x2(int row, int column, float[] c, int to, int stride) {
    float[] weights = a;
    float[] values = b;
    int[] offsets = taps;
    int p = aAt + row * offsets.length;
    int first = bAt + column;
    FloatVector c00 = start(row);
    FloatVector c01 = c00;
    FloatVector c10 = start(row + 1);
    FloatVector c11 = c10;
    FloatVector c20 = start(row + 2);
    FloatVector c21 = c20;
    FloatVector c30 = start(row + 3);
    FloatVector c31 = c30;
    FloatVector c40 = start(row + 4);
    FloatVector c41 = c40;
    FloatVector c50 = start(row + 5);
    FloatVector c51 = c50;
    FloatVector c60 = start(row + 6);
    FloatVector c61 = c60;
    FloatVector c70 = start(row + 7);
    FloatVector c71 = c70;
    for (int k = 0; k < offsets.length; k++) {
      int at = first + offsets[k];
      FloatVector b0 = load(values, at);
      FloatVector b1 = load(values, at + LANES);
      FloatVector x = broadcast(weights[p]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = broadcast(weights[p + 1]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      x = broadcast(weights[p + 2]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      x = broadcast(weights[p + 3]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
      x = broadcast(weights[p + 4]);
      c40 = x.fma(b0, c40);
      c41 = x.fma(b1, c41);
      x = broadcast(weights[p + 5]);
      c50 = x.fma(b0, c50);
      c51 = x.fma(b1, c51);
      x = broadcast(weights[p + 6]);
      c60 = x.fma(b0, c60);
      c61 = x.fma(b1, c61);
      x = broadcast(weights[p + 7]);
      c70 = x.fma(b0, c70);
      c71 = x.fma(b1, c71);
      p += 8;
    }
    c00.intoArray(c, to);
    c01.intoArray(c, to + LANES);
    c10.intoArray(c, to + stride);
    c11.intoArray(c, to + stride + LANES);
    c20.intoArray(c, to + 2 * stride);
    c21.intoArray(c, to + 2 * stride + LANES);
    c30.intoArray(c, to + 3 * stride);
    c31.intoArray(c, to + 3 * stride + LANES);
    c40.intoArray(c, to + 4 * stride);
    c41.intoArray(c, to + 4 * stride + LANES);
    c50.intoArray(c, to + 5 * stride);
    c51.intoArray(c, to + 5 * stride + LANES);
    c60.intoArray(c, to + 6 * stride);
    c61.intoArray(c, to + 6 * stride + LANES);
    c70.intoArray(c, to + 7 * stride);
    c71.intoArray(c, to + 7 * stride + LANES);
  }

  /** Eight rows of one vector. */
  private void slide8x1(int row, int column, float[] c, int to, int stride) {
    float[] weights = a;
    float[] values = b;
    int[] offsets = taps;
    int p = aAt + row * offsets.length;
    int first = bAt + column;
    FloatVector c00 = start(row);
    FloatVector c10 = start(row + 1);
    FloatVector c20 = start(row + 2);
    FloatVector c30 = start(row + 3);
    FloatVector c40 = start(row + 4);
    FloatVector c50 = start(row + 5);
    FloatVector c60 = start(row + 6);
    FloatVector c70 = start(row + 7);
    for (int k = 0; k < offsets.length; k++) {
      int at = first + offsets[k];
      FloatVector b0 = load(values, at);
      FloatVector x = broadcast(weights[p]);
      c00 = x.fma(b0, c00);
      x = broadcast(weights[p + 1]);
      c10 = x.fma(b0, c10);
      x = broadcast(weights[p + 2]);
      c20 = x.fma(b0, c20);
      x = broadcast(weights[p + 3]);
      c30 = x.fma(b0, c30);
      x = broadcast(weights[p + 4]);
      c40 = x.fma(b0, c40);
      x = broadcast(weights[p + 5]);
      c50 = x.fma(b0, c50);
      x = broadcast(weights[p + 6]);
      c60 = x.fma(b0, c60);
      x = broadcast(weights[p + 7]);
      c70 = x.fma(b0, c70);
      p += 8;
    }
    c00.intoArray(c, to);
    c10.intoArray(c, to + stride);
    c20.intoArray(c, to + 2 * stride);
    c30.intoArray(c, to + 3 * stride);
    c40.intoArray(c, to + 4 * stride);
    c50.intoArray(c, to + 5 * stride);
    c60.intoArray(c, to + 6 * stride);
    c70.intoArray(c, to + 7 * stride);
  }

  /** Six rows of two vectors. */
  private void slide6x2(int row, int column, float[] c, int to, int stride) {
    float[] weights = a;
    float[] values = b;
    int[] offsets = taps;
    int p = aAt + row * offsets.length;
    int first = bAt + column;
    FloatVector c00 = start(row);
    FloatVector c01 = c00;
    FloatVector c10 = start(row + 1);
    FloatVector c11 = c10;
    FloatVector c20 = start(row + 2);
    FloatVector c21 = c20;
    FloatVector c30 = start(row + 3);
    FloatVector c31 = c30;
    FloatVector c40 = start(row + 4);
    FloatVector c41 = c40;
    FloatVector c50 = start(row + 5);
    FloatVector c51 = c50;
    for (int k = 0; k < offsets.length; k++) {
      int at = first + offsets[k];
      FloatVector b0 = load(values, at);
      FloatVector b1 = load(values, at + LANES);
      FloatVector x = broadcast(weights[p]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = broadcast(weights[p + 1]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      x = broadcast(weights[p + 2]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      x = broadcast(weights[p + 3]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
      x = broadcast(weights[p + 4]);
      c40 = x.fma(b0, c40);
      c41 = x.fma(b1, c41);
      x = broadcast(weights[p + 5]);
      c50 = x.fma(b0, c50);
      c51 = x.fma(b1, c51);
      p += 6;
    }
    c00.intoArray(c, to);
    c01.intoArray(c, to + LANES);
    c10.intoArray(c, to + stride);
    c11.intoArray(c, to + stride + LANES);
    c20.intoArray(c, to + 2 * stride);
    c21.intoArray(c, to + 2 * stride + LANES);
    c30.intoArray(c, to + 3 * stride);
    c31.intoArray(c, to + 3 * stride + LANES);
    c40.intoArray(c, to + 4 * stride);
    c41.intoArray(c, to + 4 * stride + LANES);
    c50.intoArray(c, to + 5 * stride);
    c51.intoArray(c, to + 5 * stride + LANES);
  }

  /** Six rows of one vector. */
  private void slide6x1(int row, int column, float[] c, int to, int stride) {
    float[] weights = a;
    float[] values = b;
    int[] offsets = taps;
    int p = aAt + row * offsets.length;
    int first = bAt + column;
    FloatVector c00 = start(row);
    FloatVector c10 = start(row + 1);
    FloatVector c20 = start(row + 2);
    FloatVector c30 = start(row + 3);
    FloatVector c40 = start(row + 4);
    FloatVector c50 = start(row + 5);
    for (int k = 0; k < offsets.length; k++) {
      int at = first + offsets[k];
      FloatVector b0 = load(values, at);
      FloatVector x = broadcast(weights[p]);
      c00 = x.fma(b0, c00);
      x = broadcast(weights[p + 1]);
      c10 = x.fma(b0, c10);
      x = broadcast(weights[p + 2]);
      c20 = x.fma(b0, c20);
      x = broadcast(weights[p + 3]);
      c30 = x.fma(b0, c30);
      x = broadcast(weights[p + 4]);
      c40 = x.fma(b0, c40);
      x = broadcast(weights[p + 5]);
      c50 = x.fma(b0, c50);
      p += 6;
    }
    c00.intoArray(c, to);
    c10.intoArray(c, to + stride);
    c20.intoArray(c, to + 2 * stride);
    c30.intoArray(c, to + 3 * stride);
    c40.intoArray(c, to + 4 * stride);
    c50.intoArray(c, to + 5 * stride);
  }

  /** Four rows of two vectors. */
  private void slide4x2(int row, int column, float[] c, int to, int stride) {
    float[] weights = a;
    float[] values = b;
    int[] offsets = taps;
    int p = aAt + row * offsets.length;
    int first = bAt + column;
    FloatVector c00 = start(row);
    FloatVector c01 = c00;
    FloatVector c10 = start(row + 1);
    FloatVector c11 = c10;
    FloatVector c20 = start(row + 2);
    FloatVector c21 = c20;
    FloatVector c30 = start(row + 3);
    FloatVector c31 = c30;
    for (int k = 0; k < offsets.length; k++) {
      int at = first + offsets[k];
      FloatVector b0 = load(values, at);
      FloatVector b1 = load(values, at + LANES);
      FloatVector x = broadcast(weights[p]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = broadcast(weights[p + 1]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      x = broadcast(weights[p + 2]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      x = broadcast(weights[p + 3]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
      p += 4;
    }
    c00.intoArray(c, to);
    c01.intoArray(c, to + LANES);
    c10.intoArray(c, to + stride);
    c11.intoArray(c, to + stride + LANES);
    c20.intoArray(c, to + 2 * stride);
    c21.intoArray(c, to + 2 * stride + LANES);
    c30.intoArray(c, to + 3 * stride);
    c31.intoArray(c, to + 3 * stride + LANES);
  }

  /** One row of four vectors. */
  private void slide1x4(int row, int column, float[] c, int to) {
    float[] weights = a;
    float[] values = b;
    int[] offsets = taps;
    int p = aAt + row * offsets.length;
    int first = bAt + column;
    FloatVector c00 = start(row);
    FloatVector c01 = c00;
    FloatVector c02 = c00;
    FloatVector c03 = c00;
    for (int k = 0; k < offsets.length; k++) {
      int at = first + offsets[k];
      FloatVector b0 = load(values, at);
      FloatVector b1 = load(values, at + LANES);
      FloatVector b2 = load(values, at + 2 * LANES);
      FloatVector b3 = load(values, at + 3 * LANES);
      FloatVector x = broadcast(weights[p]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      c02 = x.fma(b2, c02);
      c03 = x.fma(b3, c03);
      p++;
    }
    c00.intoArray(c, to);
    c01.intoArray(c, to + LANES);
    c02.intoArray(c, to + 2 * LANES);
    c03.intoArray(c, to + 3 * LANES);
  }

  private FloatVector start(int row) {
    return broadcast(start == null ? 0 : start.array()[start.at() + row]);
  }

  /** A product of matrices, of which the left one's rows are what the taps read. */
  @Override
  public void gather(Floats values, int[] taps, Matrix gradients, Matrix sums) {
    int depth = VectorMatrixKernel.evenDepth(gradients.rows());
    for (int place = 0; place < gradients.rows(); place += depth) {
      int places = Math.min(depth, gradients.rows() - place);
      right.matrix().partOf(gradients, place, 0, places, gradients.columns());
      packing.pack(right);
      int rows;
      for (int tap = 0; tap < sums.rows(); tap += rows) {
        rows = VectorTileKernel.rows(sums.rows() - tap);
        int present = Math.min(rows, sums.rows() - tap);
        product.left(values.array(), values.at() + place, taps, tap, present, places, rows);
        multiplyTaps(tap, present, sums);
      }
    }
  }

  /** Multiplies what some taps read with all gradients. */
  private void multiplyTaps(int tap, int present, Matrix sums) {
    int columns = sums.columns();
    for (int column = 0; column < columns; column += VectorTileKernel.WIDTH) {
      int width = VectorMatrixKernel.width(Math.min(VectorTileKernel.WIDTH, columns - column));
      product.right(right.packed(), column * right.matrix().rows(), width);
      if (present == product.rowsWritten(width)) {
        int at = sums.at(tap, column);
        product.start(sums.array(), at, sums.rowStride());
        product.run(sums.array(), at, sums.rowStride());
      } else {
        product.start(edge, 0, VectorTileKernel.WIDTH);
        edgeSums.bind(edge, 0, present, width, VectorTileKernel.WIDTH);
        someSums.partOf(sums, tap, column, present, width);
        edgeSums.copyFrom(someSums);
        product.run(edge, 0, VectorTileKernel.WIDTH);
        someSums.copyFrom(edgeSums);
      }
    }
  }

  @Override
  public void dots(Floats values, int[] taps, int rowStride, Matrix gradients, Floats sums) {
    a = values.array();
    b = sums.array();
    bAt = sums.at();
    this.taps = taps;
    int columns = gradients.columns();
    int width = (columns + LANES - 1) / LANES * LANES;
    if (row.length < width) {
      row = new float[width];
    }
    Arrays.fill(row, columns, width, -0f); // with a value of 0, a term that changes no sum
    tailOf(columns - (width - LANES));
    for (int r = 0; r < gradients.rows(); r++) {
      int first = gradients.at() + r * gradients.rowStride();
      for (int j = 0; j < columns; j++) {
        row[j] = gradients.array()[first + j * gradients.columnStride()];
      }
      int at = values.at() + r * rowStride;
      for (int j = 0; j < width - LANES; j += LANES) {
        dot(at + j, j);
      }
      lastDot(at + width - LANES, width - LANES);
    }
  }

  /** One vector of a row with the values at each tap. */
  private void dot(int at, int column) {
    float[] sums = b;
    int to = bAt + column % ACCUMULATORS;
    FloatVector gradients = load(row, column);
    for (int tap : taps) {
      load(a, at + tap).fma(gradients, load(sums, to)).intoArray(sums, to);
      to += ACCUMULATORS;
    }
  }

  /** The last vector of a row, of which the values behind the row count as 0 whatever they are. */
  private void lastDot(int at, int column) {
    float[] sums = b;
    int to = bAt + column % ACCUMULATORS;
    FloatVector gradients = load(row, column);
    IntVector inRow = IntVector.fromArray(INTS, tail, 0);
    for (int tap : taps) {
      FloatVector x = load(a, at + tap).reinterpretAsInts().and(inRow).reinterpretAsFloats();
      x.fma(gradients, load(sums, to)).intoArray(sums, to);
      to += ACCUMULATORS;
    }
  }

  @Override
  public void rank(float[] numbers, int at, int stride, int count, int[] ranks) {
    if (stride != 1 || count < LANES) {
      PlainConvolutionKernel.rankEach(numbers, at, stride, count, ranks);
      return;
    }
    for (int i = 0; i < count - LANES; i += LANES) {
      rank(numbers, at + i, ranks, i);
    }
    rank(numbers, at + count - LANES, ranks, count - LANES);
  }

  private static void rank(float[] numbers, int at, int[] ranks, int to) {
    FloatVector x = load(numbers, at).add(0);
    IntVector bits = x.blend(Float.NaN, x.compare(VectorOperators.NE, x)).reinterpretAsInts();
    IntVector sign = bits.lanewise(VectorOperators.ASHR, 31).and(Integer.MAX_VALUE);
    bits.lanewise(VectorOperators.XOR, sign)
        .max(IntVector.fromArray(INTS, ranks, to))
        .intoArray(ranks, to);
  }

  private static FloatVector load(float[] values, int at) {
    return FloatVector.fromArray(SPECIES, values, at);
  }

  private static FloatVector broadcast(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }
}
