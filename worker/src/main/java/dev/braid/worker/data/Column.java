package dev.braid.worker.data;

import static dev.braid.worker.Check.require;

import dev.braid.worker.data.RowLayout.Kind;
import java.io.Serializable;
import java.nio.ByteBuffer;

/**
 * One input or label of many examples, row after row: floats, or unsigned bytes (images, a quarter
 * of the memory). In blocks, so that it may be larger than a Java array. Where rows are ragged,
 * each is a sequence of its own number of steps, and a block of its own.
 */
public final class Column implements Serializable {
  private static final long serialVersionUID = 3;

  private static final int BLOCK_SIZE = 1 << 24;

  private final int width; // numbers in a row or, where rows are ragged, in a step
  private final boolean ragged;
  private final int numRows;
  private final int rowsPerBlock;
  private final float[][] floats;
  private final byte[][] bytes;

  private Column(
      int width, boolean ragged, int numRows, int rowsPerBlock, float[][] floats, byte[][] bytes) {
    this.width = width;
    this.ragged = ragged;
    this.numRows = numRows;
    this.rowsPerBlock = rowsPerBlock;
    this.floats = floats;
    this.bytes = bytes;
  }

  /** Rows of {@code width} floats; the array is kept, not copied. */
  public static Column ofFloats(int width, float[] values) {
    int numRows = numRows(width, values.length);
    return new Column(width, false, numRows, numRows, new float[][] {values}, null);
  }

  /** Rows of {@code width} numbers 0 to 255; the array is kept, not copied. */
  public static Column ofBytes(int width, byte[] values) {
    int numRows = numRows(width, values.length);
    return new Column(width, false, numRows, numRows, null, new byte[][] {values});
  }

  /** Sequences of any length; the arrays are kept, not copied: a row is [steps x stepSize]. */
  public static Column ofSequences(int stepSize, float[][] rows) {
    return new Column(stepSize, true, rows.length, 1, rows, null);
  }

  /** {@code numRows} sequences, none of which is there until it is set. */
  static Column ragged(int stepSize, Kind kind, int numRows) {
    return kind == Kind.BYTE
        ? new Column(stepSize, true, numRows, 1, null, new byte[numRows][])
        : new Column(stepSize, true, numRows, 1, new float[numRows][], null);
  }

  private static int numRows(int width, int length) {
    require(width > 0, "a column's width must be at least 1, got %d", width);
    return length / width;
  }

  /** {@code numRows} rows of {@code width} floats, all of them 0 until they are set. */
  static Column ofFloats(int width, int numRows) {
    Cut cut = Cut.of(width, numRows);
    float[][] blocks = new float[cut.count()][];
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = new float[cut.rows(i) * width];
    }
    return new Column(width, false, numRows, cut.rowsPerBlock, blocks, null);
  }

  /** {@code numRows} rows of {@code width} bytes, all of them 0 until they are set. */
  static Column ofBytes(int width, int numRows) {
    Cut cut = Cut.of(width, numRows);
    byte[][] blocks = new byte[cut.count()][];
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = new byte[cut.rows(i) * width];
    }
    return new Column(width, false, numRows, cut.rowsPerBlock, null, blocks);
  }

  /** How rows lie in blocks: as many whole ones as fit, one at least. */
  private record Cut(int numRows, int rowsPerBlock) {
    static Cut of(int width, int numRows) {
      return new Cut(numRows, Math.max(1, BLOCK_SIZE / width));
    }

    int count() {
      return (int) (((long) numRows + rowsPerBlock - 1) / rowsPerBlock);
    }

    int rows(int block) {
      return Math.min(rowsPerBlock, numRows - block * rowsPerBlock);
    }
  }

  /** Whether each row is a sequence of its own number of steps. */
  public boolean isRagged() {
    return ragged;
  }

  /** Numbers in every row. */
  public int width() {
    require(!ragged, "the rows of this column are sequences of any length");
    return width;
  }

  /** Numbers in one row. */
  public int width(int row) {
    if (!ragged) {
      return width;
    }
    return floats == null ? bytes[row].length : floats[row].length;
  }

  /** Numbers that have a meaning of their own: those of a step, or of a whole row without steps. */
  public int stepSize() {
    return width;
  }

  /** Steps of one row; 1 where rows are not ragged. */
  public int steps(int row) {
    return width(row) / width;
  }

  /** Number of rows. */
  public int numRows() {
    return numRows;
  }

  /** The first rows, in the same arrays. */
  Column head(int rows) {
    return new Column(width, ragged, rows, rowsPerBlock, floats, bytes);
  }

  /** Copies row {@code row} into {@code target} from {@code offset} on. */
  public void read(int row, float[] target, int offset) {
    int from = row % rowsPerBlock * width;
    int length = width(row);
    if (floats != null) {
      System.arraycopy(floats[row / rowsPerBlock], from, target, offset, length);
      return;
    }
    byte[] block = bytes[row / rowsPerBlock];
    for (int i = 0; i < length; i++) {
      target[offset + i] = block[from + i] & 0xFF;
    }
  }

  /** A copy of row {@code row}. */
  public float[] row(int row) {
    float[] values = new float[width(row)];
    read(row, values, 0);
    return values;
  }

  /** Whether there is a number in some row, one that is not NaN. */
  public boolean hasNumber() {
    for (int row = 0; row < numRows; row++) {
      for (float value : row(row)) {
        if (!Float.isNaN(value)) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Makes the next numbers of {@code source}, floats or bytes, row {@code row}; the number of steps
   * comes before those of a ragged one.
   */
  void set(int row, ByteBuffer source) {
    int length = ragged ? Math.multiplyExact(source.getInt(), width) : width;
    int from = row % rowsPerBlock * width;
    if (ragged && floats != null) {
      floats[row] = new float[length];
    } else if (ragged) {
      bytes[row] = new byte[length];
    }
    if (floats != null) {
      source.asFloatBuffer().get(floats[row / rowsPerBlock], from, length);
      source.position(source.position() + length * Float.BYTES);
    } else {
      source.get(bytes[row / rowsPerBlock], from, length);
    }
  }
}
