package dev.braid.worker.embedding;

import static dev.braid.worker.Check.require;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * The bytes in which corpora, rows and updates cross the wire and lie in checkpoints: a header
 * (magic, version, kind), then numbers and length-prefixed primitive arrays, little-endian.
 */
public final class Frame {
  private static final int MAGIC = 0x42524549;
  private static final short VERSION = 1;
  private static final int HEADER_BYTES = 8;
  private static final int FIRST_BYTES = 256;

  private Frame() {}

  /** What a frame holds. */
  public enum Kind {
    /** A piece of the corpus, coded with its own dictionary. */
    CHUNK(1),
    /** Word ids of a chunk's dictionary. */
    CODES(2),
    /** Token ids of one shard and round. */
    TOKENS(3),
    /** All rows of one block of words. */
    BLOCK(4),
    /** Some rows on their way to or from a task. */
    SLICE(5),
    /** Words of the vocabulary with their counts. */
    WORDS(7),
    /** What a pass did. */
    STATISTICS(8),
    /** Which rows a task needs. */
    REQUEST(9),
    /** Part of the co-occurrence matrix. */
    COUNTS(6),
    /** Words with their vectors. */
    VECTORS(10),
    /** Cells of the co-occurrence matrix as they are trained. */
    CELLS(11),
    /** Rows or columns of GloVe with AdaGrad's sums. */
    GLOVE_ROWS(12);

    private final short code;

    Kind(int code) {
      this.code = (short) code;
    }
  }

  /** A new frame to fill. */
  public static Writer write(Kind kind) {
    return new Writer(kind, FIRST_BYTES);
  }

  /**
   * A new frame to fill, without copies where its size is known.
   *
   * @param contentBytes what will be put, 4 bytes more for each array
   */
  public static Writer write(Kind kind, long contentBytes) {
    return new Writer(kind, Math.toIntExact(HEADER_BYTES + contentBytes));
  }

  /**
   * An existing frame to read from its beginning.
   *
   * @throws IllegalArgumentException if it is none of this kind and version
   */
  public static Reader read(byte[] bytes, Kind kind) {
    return new Reader(bytes, kind);
  }

  /** Appends values; grows as needed. */
  public static final class Writer {
    private ByteBuffer buffer;

    private Writer(Kind kind, int bytes) {
      buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
      buffer.putInt(MAGIC).putShort(VERSION).putShort(kind.code);
    }

    /** Appends one number. */
    public Writer put(int value) {
      room(Integer.BYTES).putInt(value);
      return this;
    }

    /** Appends one number. */
    public Writer put(long value) {
      room(Long.BYTES).putLong(value);
      return this;
    }

    /** Appends one number. */
    public Writer put(double value) {
      room(Double.BYTES).putDouble(value);
      return this;
    }

    /** Appends an array. */
    public Writer put(byte[] values) {
      put(values.length).room(values.length).put(values);
      return this;
    }

    /** Appends an array. */
    public Writer put(String[] values) {
      ByteBuffer[] encoded = new ByteBuffer[values.length];
      int[] ends = new int[values.length];
      int size = 0;
      for (int i = 0; i < values.length; i++) {
        encoded[i] = StandardCharsets.UTF_8.encode(values[i]);
        size += encoded[i].remaining();
        ends[i] = size;
      }
      put(ends);
      for (ByteBuffer value : encoded) {
        room(value.remaining()).put(value);
      }
      return this;
    }

    /** Appends an array. */
    public Writer put(int[] values) {
      return array(values.length, Integer.BYTES, room -> room.asIntBuffer().put(values));
    }

    /** Appends an array. */
    public Writer put(long[] values) {
      return array(values.length, Long.BYTES, room -> room.asLongBuffer().put(values));
    }

    /** Appends an array. */
    public Writer put(float[] values) {
      return array(values.length, Float.BYTES, room -> room.asFloatBuffer().put(values));
    }

    private Writer array(int length, int bytesEach, Consumer<ByteBuffer> fill) {
      put(length);
      ByteBuffer target = room((long) length * bytesEach);
      fill.accept(target);
      target.position(target.position() + length * bytesEach);
      return this;
    }

    /** The frame; nothing more may be put. */
    public byte[] toBytes() {
      if (!buffer.hasRemaining()) {
        return buffer.array();
      }
      byte[] bytes = new byte[buffer.position()];
      buffer.flip().get(bytes);
      return bytes;
    }

    private ByteBuffer room(long bytes) {
      if (buffer.remaining() < bytes) {
        long size = Math.max(2L * buffer.capacity(), buffer.position() + bytes);
        ByteBuffer larger = ByteBuffer.allocate((int) Math.min(size, Integer.MAX_VALUE - 8));
        buffer = larger.order(ByteOrder.LITTLE_ENDIAN).put(buffer.flip());
      }
      return buffer;
    }
  }

  /** Takes values in the order in which they were appended. */
  public static final class Reader {
    private final ByteBuffer buffer;

    private Reader(byte[] bytes, Kind kind) {
      buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      require(
          bytes.length >= HEADER_BYTES
              && buffer.getInt() == MAGIC
              && buffer.getShort() == VERSION
              && buffer.getShort() == kind.code,
          "these %d bytes are no frame of kind %s, version %d",
          bytes.length,
          kind,
          VERSION);
    }

    /** The next number. */
    public int nextInt() {
      return buffer.getInt();
    }

    /** The next number. */
    public long nextLong() {
      return buffer.getLong();
    }

    /** The next number. */
    public double nextDouble() {
      return buffer.getDouble();
    }

    /** The next array. */
    public byte[] nextBytes() {
      byte[] values = new byte[buffer.getInt()];
      buffer.get(values);
      return values;
    }

    /** The next array. */
    public String[] nextStrings() {
      int[] ends = nextInts();
      String[] values = new String[ends.length];
      int offset = buffer.arrayOffset() + buffer.position();
      int from = 0;
      for (int i = 0; i < ends.length; i++) {
        values[i] =
            new String(buffer.array(), offset + from, ends[i] - from, StandardCharsets.UTF_8);
        from = ends[i];
      }
      return passed(values, from);
    }

    /** The next array. */
    public int[] nextInts() {
      int[] values = new int[buffer.getInt()];
      buffer.asIntBuffer().get(values);
      return passed(values, values.length * Integer.BYTES);
    }

    /** The next array. */
    public long[] nextLongs() {
      long[] values = new long[buffer.getInt()];
      buffer.asLongBuffer().get(values);
      return passed(values, values.length * Long.BYTES);
    }

    /** The next array. */
    public float[] nextFloats() {
      float[] values = new float[buffer.getInt()];
      buffer.asFloatBuffer().get(values);
      return passed(values, values.length * Float.BYTES);
    }

    private <T> T passed(T values, int bytes) {
      buffer.position(buffer.position() + bytes);
      return values;
    }
  }
}
