package dev.braid.worker.data;

import static dev.braid.worker.Check.require;

import java.io.Serializable;

/**
 * One input or label of many examples, row after row: floats, or unsigned bytes (images, a quarter
 * of the memory).
 */
public final class Column implements Serializable {
  private static final long serialVersionUID = 1;

  private final int width;
  private final float[] floats;
  private final byte[] bytes;

  private Column(int width, float[] floats, byte[] bytes) {
    require(width > 0, "a column's width must be at least 1, got %d", width);
    this.width = width;
    this.floats = floats;
    this.bytes = bytes;
  }

  /** Rows of {@code width} floats; the array is kept, not copied. */
  public static Column ofFloats(int width, float[] values) {
    return new Column(width, values, null);
  }

  /** Rows of {@code width} numbers 0 to 255; the array is kept, not copied. */
  public static Column ofBytes(int width, byte[] values) {
    return new Column(width, null, values);
  }

  /** Numbers in one row. */
  public int width() {
    return width;
  }

  /** Number of rows. */
  public int numRows() {
    return (floats != null ? floats.length : bytes.length) / width;
  }

  /** Copies row {@code row} into {@code target} from {@code offset} on. */
  public void read(int row, float[] target, int offset) {
    if (floats != null) {
      System.arraycopy(floats, row * width, target, offset, width);
      return;
    }
    int from = row * width;
    for (int i = 0; i < width; i++) {
      target[offset + i] = bytes[from + i] & 0xFF;
    }
  }
}
