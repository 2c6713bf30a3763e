package dev.braid.driver.wire;

import static dev.braid.worker.Check.require;

import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.State;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.util.List;

/**
 * A state as it crosses the wire and lies in a checkpoint: one piece of bytes per {@link Chunk}, at
 * most 64 MiB of floats behind a header of 32 bytes, little endian: magic {@code BRST}, version,
 * vector, bytes per float, first float, number of floats.
 */
public final class StateBytes {
  /** Floats in every piece of a vector but the last. */
  public static final int PIECE_SIZE = Blocks.BLOCK_SIZE;

  private static final int MAGIC = 0x54535242;
  private static final int VERSION = 1;
  private static final int HEADER_BYTES = 32;

  private StateBytes() {}

  /** The state's pieces, in order. */
  public static byte[][] encode(State state) {
    return Chunk.of(state, PIECE_SIZE).stream()
        .map(chunk -> encode(state, chunk, WireFormat.FLOAT32))
        .toArray(byte[][]::new);
  }

  /** One piece of the state. */
  public static byte[] encode(State state, Chunk chunk, WireFormat transfer) {
    WireFormat used = chunk.vector() == Chunk.STATISTICS ? WireFormat.FLOAT32 : transfer;
    return encode(chunk, chunk.array(state), chunk.at(), used);
  }

  /** The piece of a chunk whose floats are those of {@code values} from {@code at} on. */
  public static byte[] encode(Chunk chunk, float[] values, int at, WireFormat transfer) {
    byte[] piece = new byte[HEADER_BYTES + chunk.length() * transfer.bytes()];
    ByteBuffer buffer = header(piece, chunk, transfer.bytes());
    if (transfer == WireFormat.FLOAT32) {
      buffer.asFloatBuffer().put(values, at, chunk.length());
      return piece;
    }
    ShortBuffer out = buffer.asShortBuffer();
    for (int i = 0; i < chunk.length(); i++) {
      out.put(i, WireFormat.toBfloat16(values[at + i]));
    }
    return piece;
  }

  /**
   * How a chunk of the state differs from what it was, in 16 bits a number; statistics are encoded
   * whole as they are.
   *
   * @param before the chunk as it was
   */
  public static byte[] encodeChange(State state, float[] before, Chunk chunk) {
    if (chunk.vector() == Chunk.STATISTICS) {
      return encode(state, chunk, WireFormat.FLOAT32);
    }
    float[] values = chunk.array(state);
    float[] change = new float[chunk.length()];
    for (int i = 0; i < change.length; i++) {
      change[i] = values[chunk.at() + i] - before[i];
    }
    return encode(chunk, change, 0, WireFormat.BFLOAT16);
  }

  /**
   * Overwrites {@code state} with what the pieces hold.
   *
   * @throws IllegalArgumentException when the pieces are not those of a state of these sizes
   */
  public static void decode(byte[][] pieces, State state) {
    List<Chunk> chunks = Chunk.of(state, PIECE_SIZE);
    require(
        chunks.size() == pieces.length,
        "a state in %d pieces, expected %d",
        pieces.length,
        chunks.size());
    for (int i = 0; i < pieces.length; i++) {
      decode(pieces[i], chunks.get(i), state);
    }
  }

  /**
   * Overwrites one chunk of {@code state} with what its piece holds.
   *
   * @throws IllegalArgumentException when the piece is not this chunk's
   */
  public static void decode(byte[] piece, Chunk chunk, State state) {
    copy(open(piece, chunk), piece.length, chunk, 0, chunk.array(state), chunk.at());
  }

  /** The numbers of a chunk's piece. */
  public static float[] floats(byte[] piece, Chunk chunk) {
    return floats(piece, chunk, chunk);
  }

  /** The numbers of {@code part}, which lies within the chunk that the piece holds. */
  static float[] floats(byte[] piece, Chunk chunk, Chunk part) {
    float[] values = new float[part.length()];
    int skip = (int) (part.from() - chunk.from());
    copy(open(piece, chunk), piece.length, chunk, skip, values, 0);
    return values;
  }

  private static void copy(
      ByteBuffer floats, int bytes, Chunk chunk, int skip, float[] target, int at) {
    int length = Math.min(chunk.length() - skip, target.length - at);
    if (bytes == HEADER_BYTES + chunk.length() * Float.BYTES) {
      floats.asFloatBuffer().position(skip).get(target, at, length);
      return;
    }
    ShortBuffer in = floats.asShortBuffer();
    for (int i = 0; i < length; i++) {
      target[at + i] = WireFormat.fromBfloat16(in.get(skip + i));
    }
  }

  /** Writes a piece's header and stands behind it. */
  private static ByteBuffer header(byte[] piece, Chunk chunk, int bytesPerFloat) {
    return ByteBuffer.wrap(piece)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(MAGIC)
        .putInt(VERSION)
        .putInt(chunk.vector())
        .putInt(bytesPerFloat)
        .putLong(chunk.from())
        .putLong(chunk.length());
  }

  /** Checks a piece's header and stands behind it. */
  private static ByteBuffer open(byte[] piece, Chunk chunk) {
    ByteBuffer buffer = ByteBuffer.wrap(piece).order(ByteOrder.LITTLE_ENDIAN);
    require(
        buffer.remaining() >= HEADER_BYTES && buffer.getInt() == MAGIC,
        "not a piece of a state, expected %s",
        chunk);
    int version = buffer.getInt();
    require(version == VERSION, "a state of version %d; this is version %d", version, VERSION);
    int vector = buffer.getInt();
    int bytesPerFloat = buffer.getInt();
    long from = buffer.getLong();
    long length = buffer.getLong();
    require(
        vector == chunk.vector() && from == chunk.from() && length == chunk.length(),
        "a piece of %d floats from %d of vector %d, expected %d from %d of vector %d",
        length,
        from,
        vector,
        chunk.length(),
        chunk.from(),
        chunk.vector());
    require(
        (bytesPerFloat == Float.BYTES || bytesPerFloat == Short.BYTES)
            && length * bytesPerFloat == buffer.remaining(),
        "the piece of %s is damaged: %d bytes for %d floats",
        chunk,
        buffer.remaining(),
        length);
    return buffer.slice().order(ByteOrder.LITTLE_ENDIAN);
  }
}
