package dev.braid.driver.features;

import dev.braid.driver.files.AtomicWrite;
import dev.braid.driver.files.GivenPath;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The features of one shard as a file: a header (mark, rows, width), floats, big end first, and
 * their CRC-32. Its name says what they are, so a file is never changed; one that is damaged counts
 * as absent.
 *
 * @param folder where it lies
 * @param key its name
 * @param rows examples
 * @param width numbers of each
 */
record FeatureFile(String folder, String key, int rows, int width) {
  private static final int MARK = 0x42724631; // BrF1
  private static final int CHUNK = 1 << 16;

  /** Whether there is one of this name. */
  static boolean exists(String folder, String key, Configuration hadoop) {
    try {
      Path path = path(folder, key);
      return path.getFileSystem(hadoop).exists(path);
    } catch (IOException e) {
      return false;
    }
  }

  /** The features, or null where there is no such file or it is not whole. */
  float[] read(Configuration hadoop) {
    Path path = path(folder, key);
    try {
      FileSystem files = path.getFileSystem(hadoop);
      if (!files.exists(path)) {
        return null;
      }
      try (DataInputStream in = new DataInputStream(files.open(path))) {
        if (in.readInt() != MARK || in.readInt() != rows || in.readInt() != width) {
          return null;
        }
        float[] values = new float[Math.multiplyExact(rows, width)];
        CRC32 sum = new CRC32();
        byte[] bytes = new byte[CHUNK * Float.BYTES];
        for (int from = 0; from < values.length; from += CHUNK) {
          int count = Math.min(CHUNK, values.length - from);
          in.readFully(bytes, 0, count * Float.BYTES);
          sum.update(bytes, 0, count * Float.BYTES);
          ByteBuffer.wrap(bytes).asFloatBuffer().get(values, from, count);
        }
        return in.readLong() == sum.getValue() ? values : null;
      }
    } catch (IOException e) {
      return null;
    }
  }

  /** Writes the file; of several tasks that do, each writes the same bytes. */
  void write(float[] values, Configuration hadoop) {
    try {
      AtomicWrite.file(path(folder, key), hadoop, out -> write(values, new DataOutputStream(out)));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "features cannot be stored in " + folder + "; see transfer.features.folder", e);
    }
  }

  private void write(float[] values, DataOutputStream out) throws IOException {
    out.writeInt(MARK);
    out.writeInt(rows);
    out.writeInt(width);
    CRC32 sum = new CRC32();
    byte[] bytes = new byte[CHUNK * Float.BYTES];
    for (int from = 0; from < values.length; from += CHUNK) {
      int count = Math.min(CHUNK, values.length - from);
      ByteBuffer.wrap(bytes).asFloatBuffer().put(values, from, count);
      sum.update(bytes, 0, count * Float.BYTES);
      out.write(bytes, 0, count * Float.BYTES);
    }
    out.writeLong(sum.getValue());
  }

  private static Path path(String folder, String key) {
    return new Path(GivenPath.of(folder), key + ".features");
  }
}
