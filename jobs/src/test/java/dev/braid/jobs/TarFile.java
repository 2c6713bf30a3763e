package dev.braid.jobs;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** The files in a tar.gz with short names. */
public final class TarFile {
  private TarFile() {}

  /** Takes a file. */
  public interface Sink {
    void accept(String name, byte[] content) throws IOException;
  }

  /** Reads a tar.gz from its beginning to its end. */
  public static void read(Path tar, Sink sink) throws IOException {
    try (DataInputStream in =
        new DataInputStream(
            new BufferedInputStream(new GZIPInputStream(Files.newInputStream(tar))))) {
      byte[] head = new byte[512];
      for (in.readFully(head); head[0] != 0; in.readFully(head)) {
        String name = new String(head, 0, 100, StandardCharsets.US_ASCII).split("\0", 2)[0];
        String size = new String(head, 124, 11, StandardCharsets.US_ASCII).strip();
        byte[] content = new byte[Integer.parseInt(size, 8)];
        in.readFully(content);
        in.skipNBytes((512 - content.length % 512) % 512);
        sink.accept(name, content);
      }
    }
  }
}
