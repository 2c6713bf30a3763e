package dev.braid.driver.source;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** Writes small IDX files. */
public final class IdxFiles {
  private IdxFiles() {}

  /** Bytes under a header of these sizes; packed when the name ends in {@code .gz}. */
  public static Path write(Path file, byte[] values, int... sizes) throws IOException {
    OutputStream raw = Files.newOutputStream(file);
    boolean packed = file.toString().endsWith(".gz");
    try (DataOutputStream out = new DataOutputStream(packed ? new GZIPOutputStream(raw) : raw)) {
      out.writeInt(0x800 | sizes.length);
      for (int size : sizes) {
        out.writeInt(size);
      }
      out.write(values);
    }
    return file;
  }

  /** Images of 2 x 3: image i holds i and its neighbours; and labels i mod 3. */
  public static Idx pair(Path folder, String name, int count) throws IOException {
    byte[] images = new byte[count * 6];
    byte[] labels = new byte[count];
    for (int i = 0; i < count; i++) {
      labels[i] = (byte) (i % 3);
      for (int j = 0; j < 6; j++) {
        images[6 * i + j] = (byte) (i + j);
      }
    }
    return new Idx(
        write(folder.resolve(name + "-images.gz"), images, count, 2, 3).toString(),
        write(folder.resolve(name + "-labels"), labels, count).toString(),
        null);
  }
}
