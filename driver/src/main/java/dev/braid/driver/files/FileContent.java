package dev.braid.driver.files;

import dev.braid.worker.WrongSettings;
import dev.braid.worker.format.Utf8;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;

/** What a file holds, decompressed where its name says it is compressed. */
public final class FileContent {
  private FileContent() {}

  /**
   * Its bytes.
   *
   * @throws IllegalArgumentException if it is packed in a way that is not known here
   */
  public static InputStream open(Path file, Configuration hadoop) throws IOException {
    InputStream raw = file.getFileSystem(hadoop).open(file);
    CompressionCodec codec = new CompressionCodecFactory(hadoop).getCodec(file);
    try {
      return codec == null ? raw : codec.createInputStream(raw);
    } catch (RuntimeException e) { // Hadoop's native library is missing, say
      throw new WrongSettings(
          "%s cannot be unpacked: %s; unpack it, or pack it with gzip or bzip2"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  /**
   * The characters of a text file, without its byte order mark; see {@link Utf8}.
   *
   * @throws IllegalArgumentException if it is in another encoding
   */
  public static BufferedReader text(Path file, Configuration hadoop) throws IOException {
    return Utf8.reader(open(file, hadoop), file.toString());
  }

  /**
   * Reads a file.
   *
   * @param <T> what of it
   */
  public interface Reading<T> {
    T read() throws IOException;
  }

  /**
   * What a file is read for before a run.
   *
   * @throws IllegalArgumentException that names the file if it cannot be read
   */
  public static <T> T read(Path file, Reading<T> reading) {
    try {
      return reading.read();
    } catch (IOException e) {
      throw unreadable(file.toString(), e);
    }
  }

  /** What is said of a file whose reading has failed. */
  public static IllegalArgumentException unreadable(String name, IOException e) {
    if (e instanceof CharacterCodingException encoding) {
      return Utf8.notUtf8(name, encoding);
    }
    return new WrongSettings("cannot read %s: %s".formatted(name, e.getMessage()), e);
  }
}
