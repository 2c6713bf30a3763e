package dev.braid.worker.format;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.util.Arrays;

/**
 * The bytes of a file, behind whose end reading fails. The decoder of WebP may look a few bytes
 * further, which are zeros; of a damaged file it would go on for ever at an end that is only told.
 */
final class EndedInputStream extends FilterInputStream {
  private static final int LOOKED_AT = 64;

  EndedInputStream(byte[] file) {
    super(new ByteArrayInputStream(Arrays.copyOf(file, file.length + LOOKED_AT)));
  }

  @Override
  public int read() throws IOException {
    return checked(super.read());
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    return checked(super.read(bytes, offset, length));
  }

  private static int checked(int read) throws IOException {
    if (read < 0) {
      throw new IOException("it ends too early");
    }
    return read;
  }
}
