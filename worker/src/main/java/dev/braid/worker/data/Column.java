package dev.braid.worker.data;

import static dev.braid.worker.Check.require;

import java.io.Serializable;
import java.nio.ByteBuffer;

/**
 * One input or label of many examples, row after row: floats, or unsigned bytes (images, a quarter
 * of the memory). In blocks, so that it may be larger than a Java array.
 */
public final class Column implements Serializable {
  private static final long serialVersionUID = 2;

  private static final int BLOCK_SIZE = 1 << 24;

  private final int width;
  private final int numRows;
  private final int rowsPerBlock;
  private final float[][] floats;
  private final byte[][] bytes;

  private Column(int width, int numRows, int rowsPerBlock, float[][] floats, byte[][] bytes) {
    this.width = width;
    this.numRows = numRows;
    this.rowsPerBlock = rowsPerBlock;
    this.floats = floats;
    this.bytes = bytes;
  }

  /** Rows of {@code width} floats; the array is kept, not copied. */
  public static Column ofFloats(int width, float[] values) {
    int numRows = numRows(width, values.length);
    return new Column(width, numRows, numRows, new float[][] {values}, null);
  }

  /** Rows of {@code width} numbers 0 to 255; the array is kept, not copied. */
  public static Column ofBytes(int width, byte[] values) {
    int numRows = numRows(width, values.length);
    return new Column(width, numRows, numRows, null, new byte[][] {values});
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
    return new Column(width, numRows, cut.rowsPerBlock, blocks, null);
  }

  /** {@code numRows} rows of {@code width} bytes, all of them 0 until they are set. */
  static Column ofBytes(int width, int numRows) {
    Cut cut = Cut.of(width, numRows);
    byte[][] blocks = new byte[cut.count()][];
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = new byte[cut.rows(i) * width];
    }
    return new Column(width, numRows, cut.rowsPerBlock, null, blocks);
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

  /** Numbers in one row. */
  public int width() {
    return width;
  }

  /** Number of rows. */
  public int numRows() {
    return numRows;
  }

  /** The first rows, in the same arrays. */
  Column head(int rows) {
    return new Column(width, rows, rowsPerBlock, floats, bytes);
  }

  /** Copies row {@code row} into {@code target} from {@code offset} on. */
  public void read(int row, float[] target, int offset) {
    int from = row % rowsPerBlock * width;
    if (floats != null) {
      System.arraycopy(floats[row / rowsPerBlock], from, target, offset, width);
      return;
    }
    byte[] block = bytes[row / rowsPerBlock];
    for (int i = 0; i < width; i++) {
      target[offset + i] = block[from + i] & 0xFF;
    }
  }

  /** Whether there is a number in some row, one that is not NaN. */
  public boolean hasNumber() {
    float[] values = new float[width];
    for (int row = 0; row < numRows; row++) {
      read(row, values, 0);
      for (float value : values) {
        if (!Float.isNaN(value)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Makes the next numbers of {@code source}, floats or bytes, row {@code row}. */
  void set(int row, ByteBuffer source) {
    int from = row % rowsPerBlock * width;
    if (floats != null) {
      source.asFloatBuffer().get(floats[row / rowsPerBlock], from, width);
      source.position(source.position() + width * Float.BYTES);
    } else {
      source.get(bytes[row / rowsPerBlock], from, width);
    }
  }
}
