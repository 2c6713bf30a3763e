package dev.braid.worker.kernel;

import static dev.braid.worker.kernel.VectorTileKernel.KEPT_ROWS;
import static dev.braid.worker.kernel.VectorTileKernel.LANES;
import static dev.braid.worker.kernel.VectorTileKernel.MAX_DEPTH;
import static dev.braid.worker.kernel.VectorTileKernel.ROWS;
import static dev.braid.worker.kernel.VectorTileKernel.WIDTH;

import java.util.Arrays;

/**
 * Products on the JDK's Vector API, blocked as in Goto and van de Geijn, "Anatomy of
 * High-Performance Matrix Multiplication" (2008). The right factor is copied into panels as wide as
 * a tile, which stay in the second cache; the left factor's rows of one tile are copied into the
 * first, and stay there while the panels pass by.
 *
 * <p>Where that takes less copying across the direction in which numbers lie side by side, the
 * factors change places, and the result is computed as its transpose. The terms of each sum are the
 * same, in the same order.
 */
final class VectorMatrixKernel implements MatrixKernel {
  /** Numbers of the right factor that are packed at a time: half a megabyte. */
  private static final int MAX_RIGHT = 1 << 17;

  /** How many numbers are copied along their direction while one is copied across. */
  private static final int ACROSS = 5;

  /** Rows of the right factor that are copied at a time: all their columns, as they lie. */
  private static final int ROWS_AT_ONCE = 8;

  private static final float[] ZEROS = new float[WIDTH];

  private final VectorTileKernel tile = new VectorTileKernel();
  private final float[] edge = new float[ROWS * WIDTH];
  private final PackedMatrix right = new PackedMatrix();
  private float[] turned = {};
  private final Matrix turnedA = new Matrix();
  private final Matrix turnedB = new Matrix();
  private final Matrix turnedC = new Matrix();
  private final Matrix leftPart = new Matrix();
  private final Matrix startPart = new Matrix();
  private final Matrix resultPart = new Matrix();
  private final Matrix from = new Matrix();
  private final Matrix to = new Matrix();

  @Override
  public void multiply(Matrix a, Matrix b, Matrix start, Matrix c) {
    MatrixKernel.requireProduct(a, b, c);
    if (turns(a, b, start, c)) {
      multiplyTurned(a, b, start, c);
    } else {
      multiplyParts(a, b, start, c);
    }
  }

  @Override
  public void multiply(Matrix a, PackedMatrix b, Matrix start, Matrix c) {
    MatrixKernel.requireProduct(a, b.matrix(), c);
    multiplyPacked(a, b, start, c, false);
  }

  private static boolean turns(Matrix a, Matrix b, Matrix start, Matrix c) {
    long left = (long) a.rows() * a.columns();
    long right = (long) b.rows() * b.columns();
    long result = (long) c.rows() * c.columns() * (start == c ? 2 : 1);
    long asIs = left * copying(a.columnStride()) + right * copying(b.columnStride());
    long ifTurned = left * copying(a.rowStride()) + right * copying(b.rowStride());
    return ifTurned + result * ACROSS < asIs;
  }

  private static int copying(int stride) {
    return stride == 1 ? 1 : ACROSS;
  }

  private void multiplyTurned(Matrix a, Matrix b, Matrix start, Matrix c) {
    int size = c.rows() * c.columns();
    if (turned.length < size) {
      turned = new float[size];
    }
    turnedC.bind(turned, 0, c.columns(), c.rows());
    if (start != null) {
      turnedC.copyFrom(from.transposeOf(start));
    }
    turnedA.transposeOf(a);
    turnedB.transposeOf(b);
    multiplyParts(turnedB, turnedA, start == null ? null : turnedC, turnedC);
    c.copyFrom(from.transposeOf(turnedC));
  }

  /** Packs as much of b as stays in the cache, multiplies with that, and so on. */
  private void multiplyParts(Matrix a, Matrix b, Matrix start, Matrix c) {
    int depth = evenDepth(b.rows());
    int width = Math.max(MAX_RIGHT / depth / WIDTH, 1) * WIDTH;
    boolean keeps = b.columns() > width && a.rows() <= KEPT_ROWS;
    for (int row = 0; row == 0 || row < b.rows(); row += depth) {
      int rows = Math.min(depth, b.rows() - row);
      Matrix begun = row == 0 ? start : c;
      leftPart.partOf(a, 0, row, a.rows(), rows);
      if (keeps) {
        tile.copyLeft(leftPart);
      }
      for (int column = 0; column < b.columns(); column += width) {
        int columns = Math.min(width, b.columns() - column);
        right.matrix().partOf(b, row, column, rows, columns);
        pack(right);
        resultPart.partOf(c, 0, column, c.rows(), columns);
        if (begun != null) {
          startPart.partOf(begun, 0, column, c.rows(), columns);
        }
        multiplyPacked(leftPart, right, begun == null ? null : startPart, resultPart, keeps);
      }
    }
  }

  /** A part of the inner dimension, so that all parts are about alike. */
  static int evenDepth(int depth) {
    int numParts = Math.max((depth + MAX_DEPTH - 1) / MAX_DEPTH, 1);
    return Math.max((depth + numParts - 1) / numParts, 1);
  }

  /** Panels one after another, each with all of the inner dimension. */
  @Override
  public void pack(PackedMatrix b) {
    Matrix matrix = b.matrix();
    int depth = matrix.rows();
    int numPanels = (matrix.columns() + WIDTH - 1) / WIDTH;
    float[] packed = b.packed(numPanels * WIDTH * depth);
    int step = matrix.columnStride() == 1 ? ROWS_AT_ONCE : Math.max(depth, 1);
    for (int row = 0; row < depth; row += step) {
      int rows = Math.min(step, depth - row);
      for (int column = 0; column < matrix.columns(); column += WIDTH) {
        int columns = Math.min(WIDTH, matrix.columns() - column);
        from.partOf(matrix, row, column, rows, columns);
        packPart(packed, column * depth + row * width(columns));
      }
    }
  }

  /** Packs the part of a panel that is bound. */
  private void packPart(float[] packed, int at) {
    int width = width(from.columns());
    if (from.columns() < width) {
      Arrays.fill(packed, at, at + from.rows() * width, 0);
    }
    if (from.columns() == WIDTH && from.columnStride() == 1) {
      VectorTileKernel.copyPanel(from, packed, at);
    } else {
      to.bind(packed, at, from.rows(), from.columns(), width).copyFrom(from);
    }
  }

  /** Columns of the panel of so many columns. */
  static int width(int columns) {
    return columns > LANES ? WIDTH : LANES;
  }

  /**
   * @param kept whether the left factor's rows are copied already, all of them
   */
  private void multiplyPacked(Matrix a, PackedMatrix b, Matrix start, Matrix c, boolean kept) {
    int depth = evenDepth(a.columns());
    for (int k = 0; k == 0 || k < a.columns(); k += depth) {
      int terms = Math.min(depth, a.columns() - k);
      int rows;
      for (int row = 0; row < a.rows(); row += rows) {
        rows = VectorTileKernel.rows(a.rows() - row);
        int present = Math.min(rows, a.rows() - row);
        if (!kept) {
          tile.copyLeft(from.partOf(a, row, k, present, terms));
        }
        tile.left(kept ? row : 0, rows, terms);
        multiplyRows(row, b, k, k == 0 ? start : c, c);
      }
    }
  }

  /** Multiplies the left rows at work, of which the first is {@code row}, with all panels. */
  private void multiplyRows(int row, PackedMatrix b, int k, Matrix start, Matrix c) {
    for (int column = 0; column < c.columns(); column += WIDTH) {
      int columns = Math.min(WIDTH, c.columns() - column);
      int width = width(columns);
      tile.right(b.packed(), column * b.matrix().rows() + k * width, width);
      if (columns == WIDTH && c.rows() - row >= tile.rows()) {
        if (start == null) {
          tile.start(ZEROS, 0, 0);
        } else {
          tile.start(start.array(), start.at(row, column), start.rowStride());
        }
        tile.run(c.array(), c.at(row, column), c.rowStride());
      } else {
        multiplyAtEdge(row, column, start, c);
      }
    }
  }

  /** A tile that reaches beyond the result, or is narrow. */
  private void multiplyAtEdge(int row, int column, Matrix start, Matrix c) {
    int rows = Math.min(tile.rows(), c.rows() - row);
    int columns = Math.min(WIDTH, c.columns() - column);
    to.bind(edge, 0, rows, columns, WIDTH);
    if (start == null) {
      tile.start(ZEROS, 0, 0);
    } else {
      to.copyFrom(from.partOf(start, row, column, rows, columns));
      tile.start(edge, 0, WIDTH);
    }
    tile.run(edge, 0, WIDTH);
    from.partOf(c, row, column, rows, columns).copyFrom(to);
  }
}
