package dev.braid.worker.model;

import dev.braid.worker.state.Blocks;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Floats as bytes, the smallest first, through a buffer of bounded size. */
final class LittleEndian {
  private static final int FLOATS = 1 << 14;

  private LittleEndian() {}

  /** Writes all of {@code values}. */
  static void write(Blocks values, OutputStream out) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(FLOATS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < values.count(); i++) {
      float[] block = values.block(i);
      for (int from = 0; from < block.length; from += FLOATS) {
        int length = Math.min(FLOATS, block.length - from);
        buffer.asFloatBuffer().put(block, from, length);
        out.write(buffer.array(), 0, length * Float.BYTES);
      }
    }
  }

  /**
   * Reads {@code length} floats into {@code values} from {@code offset} on.
   *
   * @throws EOFException if there are fewer
   */
  static void read(InputStream in, Blocks values, long offset, long length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(FLOATS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    float[] floats = new float[FLOATS];
    for (long done = 0; done < length; done += FLOATS) {
      int part = (int) Math.min(FLOATS, length - done);
      int numBytes = part * Float.BYTES;
      if (in.readNBytes(buffer.array(), 0, numBytes) < numBytes) {
        throw new EOFException();
      }
      buffer.asFloatBuffer().get(floats, 0, part);
      values.write(offset + done, floats, part);
    }
  }
}
