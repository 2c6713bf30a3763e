package dev.braid.driver.source;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** The files in a tar, tar.gz, tgz or zip file, one after another, or the one that is none. */
interface Archive extends AutoCloseable {
  Set<String> ENDINGS = Set.of("zip", "tar", "tgz", "gz");

  /** Whether a file's name says that it is an archive. */
  static boolean isNamed(String file) {
    return ENDINGS.contains(ending(file));
  }

  /** Opens a file, which is its own only content if it is no archive. */
  static Archive open(Path path, Configuration hadoop) throws IOException {
    InputStream raw = new BufferedInputStream(path.getFileSystem(hadoop).open(path));
    return switch (ending(path.getName())) {
      case "zip" -> new ZipFiles(new ZipInputStream(raw));
      case "tar" -> new TarFiles(new TarArchiveInputStream(raw));
      case "tgz", "gz" -> new TarFiles(new TarArchiveInputStream(new GZIPInputStream(raw)));
      default -> new OneFile(raw);
    };
  }

  private static String ending(String name) {
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  /** Name of the next within the archive; empty for a plain file, null after the last. */
  String next() throws IOException;

  /** What the file named last holds. */
  byte[] content() throws IOException;

  @Override
  void close() throws IOException;

  final class OneFile extends FilterInputStream implements Archive {
    private boolean given;

    OneFile(InputStream in) {
      super(in);
    }

    @Override
    public String next() {
      String name = given ? null : "";
      given = true;
      return name;
    }

    @Override
    public byte[] content() throws IOException {
      return readAllBytes();
    }
  }

  record ZipFiles(ZipInputStream zip) implements Archive {
    @Override
    public String next() throws IOException {
      ZipEntry entry = zip.getNextEntry();
      while (entry != null && entry.isDirectory()) {
        entry = zip.getNextEntry();
      }
      return entry == null ? null : entry.getName();
    }

    @Override
    public byte[] content() throws IOException {
      return zip.readAllBytes();
    }

    @Override
    public void close() throws IOException {
      zip.close();
    }
  }

  record TarFiles(TarArchiveInputStream tar) implements Archive {
    @Override
    public String next() throws IOException {
      TarArchiveEntry entry = tar.getNextTarEntry();
      while (entry != null && !entry.isFile()) {
        entry = tar.getNextTarEntry();
      }
      return entry == null ? null : entry.getName();
    }

    @Override
    public byte[] content() throws IOException {
      return tar.readAllBytes();
    }

    @Override
    public void close() throws IOException {
      tar.close();
    }
  }
}
