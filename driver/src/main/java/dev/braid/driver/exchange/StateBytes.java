package dev.braid.driver.exchange;

import static dev.braid.worker.Check.require;

import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.State;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A state as it crosses the wire: its vectors end to end (parameters, slots, statistics), cut into
 * pieces of at most 64 MiB of floats, each behind a header of 32 bytes, little endian: magic {@code
 * BRST}, version, number of this piece, number of pieces, offset of its first float, floats in it.
 */
public final class StateBytes {
  /** Floats in every piece but the last. */
  public static final int PIECE_SIZE = Blocks.BLOCK_SIZE;

  private static final int MAGIC = 0x54535242;
  private static final int VERSION = 1;
  private static final int HEADER_BYTES = 32;

  private StateBytes() {}

  /** The state's pieces, in order. */
  public static byte[][] encode(State state) {
    List<Blocks> vectors = vectors(state);
    long total = vectors.stream().mapToLong(Blocks::size).sum();
    int count = (int) Math.max(1, (total + PIECE_SIZE - 1) / PIECE_SIZE);
    byte[][] pieces = new byte[count][];
    for (int i = 0; i < count; i++) {
      long from = (long) i * PIECE_SIZE;
      int length = (int) Math.min(PIECE_SIZE, total - from);
      pieces[i] = new byte[HEADER_BYTES + length * Float.BYTES];
      FloatBuffer floats = header(pieces[i], i, count, from, length).asFloatBuffer();
      forEachPart(vectors, from, length, (block, at, n) -> floats.put(block, at, n));
    }
    return pieces;
  }

  /**
   * Overwrites {@code state} with what the pieces hold.
   *
   * @throws IllegalArgumentException when the pieces are not those of a state of these sizes
   */
  public static void decode(byte[][] pieces, State state) {
    List<Blocks> vectors = vectors(state);
    long total = vectors.stream().mapToLong(Blocks::size).sum();
    long done = 0;
    for (int i = 0; i < pieces.length; i++) {
      ByteBuffer buffer = ByteBuffer.wrap(pieces[i]).order(ByteOrder.LITTLE_ENDIAN);
      int length = checkHeader(buffer, i, pieces.length, done);
      require(done + length <= total, "a state of more than %d floats", total);
      FloatBuffer floats = buffer.asFloatBuffer();
      forEachPart(vectors, done, length, (block, at, n) -> floats.get(block, at, n));
      done += length;
    }
    require(done == total, "a state of %d floats, expected %d", done, total);
  }

  /** Writes a piece's header and stands behind it. */
  private static ByteBuffer header(byte[] piece, int number, int count, long from, int length) {
    return ByteBuffer.wrap(piece)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(MAGIC)
        .putInt(VERSION)
        .putInt(number)
        .putInt(count)
        .putLong(from)
        .putLong(length);
  }

  /** Reads a piece's header and returns how many floats follow it. */
  private static int checkHeader(ByteBuffer buffer, int number, int count, long from) {
    require(
        buffer.remaining() >= HEADER_BYTES && buffer.getInt() == MAGIC,
        "piece %d is not a piece of a state",
        number);
    int version = buffer.getInt();
    require(version == VERSION, "a state of version %d; this is version %d", version, VERSION);
    int itsNumber = buffer.getInt();
    int itsCount = buffer.getInt();
    require(
        itsNumber == number && itsCount == count,
        "piece %d of %d where piece %d of %d was expected",
        itsNumber,
        itsCount,
        number,
        count);
    long itsFrom = buffer.getLong();
    long length = buffer.getLong();
    require(
        itsFrom == from && length * Float.BYTES == buffer.remaining(),
        "piece %d is damaged: %d bytes for %d floats",
        number,
        buffer.remaining(),
        length);
    return (int) length;
  }

  private static List<Blocks> vectors(State state) {
    List<Blocks> vectors = new ArrayList<>();
    vectors.add(state.params());
    vectors.addAll(state.slots());
    vectors.add(state.statistics());
    return vectors;
  }

  private interface Part {
    void visit(float[] block, int at, int length);
  }

  /** Visits, in order, the stretches of blocks that hold floats [from, from + length). */
  private static void forEachPart(List<Blocks> vectors, long from, int length, Part part) {
    long start = 0;
    long end = from + length;
    for (Blocks vector : vectors) {
      for (int i = 0; i < vector.count(); i++) {
        float[] block = vector.block(i);
        long first = Math.max(from, start);
        long last = Math.min(end, start + block.length);
        if (first < last) {
          part.visit(block, (int) (first - start), (int) (last - first));
        }
        start += block.length;
      }
    }
  }
}
