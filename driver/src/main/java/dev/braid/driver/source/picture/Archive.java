package dev.braid.driver.source.picture;

import dev.braid.driver.source.row.FoundFiles;
import dev.braid.worker.format.Image;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** The files in a tar, tar.gz, tgz or zip file, one after another, or the one that is none. */
public interface Archive extends AutoCloseable {
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

  /** What an archive is called without its endings: {@code cats} for {@code cats.tar.gz}. */
  static String plainName(String file) {
    return file.replaceFirst("(?i)(\\.tar)?\\.[^.]+$", "");
  }

  /** What a picture in an archive is called; the file itself where it is none. */
  static String nameOf(String file, String entry) {
    return entry.isEmpty() ? file : file + "!/" + entry;
  }

  /**
   * The names of all files in an archive, in its order.
   *
   * @param damage why no further ones can be read; null where all are
   */
  record Contents(List<String> names, IOException damage) {

    static Contents of(Path path, Configuration hadoop) throws IOException {
      List<String> names = new ArrayList<>();
      try (Archive archive = open(path, hadoop)) {
        for (String name = archive.next(); name != null; name = archive.next()) {
          names.add(name);
        }
        return new Contents(names, null);
      } catch (EOFException | ZipException e) {
        return new Contents(names, e);
      }
    }

    /** Those that are pictures. */
    List<String> pictures() {
      return names.stream().filter(Archive::isPicture).toList();
    }
  }

  /** Archives made on a Mac hold a hidden file beside each picture. */
  static boolean isPicture(String entry) {
    return Image.isNamed(entry)
        && Arrays.stream(entry.split("/"))
            .noneMatch(name -> FoundFiles.isHidden(name) && !name.equals("."));
  }

  private static String ending(String name) {
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  /** Name of the next within the archive; empty for a plain file, null after the last. */
  String next() throws IOException;

  /** Name of the next picture, as {@link #next} gives it. */
  default String nextPicture() throws IOException {
    String entry = next();
    while (entry != null && !entry.isEmpty() && !isPicture(entry)) {
      entry = next();
    }
    return entry;
  }

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
      // Some programs on Windows write folders with its own separator.
      return entry == null ? null : entry.getName().replace('\\', '/');
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
      try {
        TarArchiveEntry entry = tar.getNextTarEntry();
        while (entry != null && !entry.isFile()) {
          entry = tar.getNextTarEntry();
        }
        return entry == null ? null : entry.getName();
      } catch (IOException e) {
        throw named(e);
      }
    }

    @Override
    public byte[] content() throws IOException {
      try {
        return tar.readAllBytes();
      } catch (IOException e) {
        throw named(e);
      }
    }

    /** Damage of the archive itself, by a type of its own: reading it again would not help. */
    private static IOException named(IOException e) {
      boolean damaged = String.valueOf(e.getMessage()).contains("TAR archive");
      return damaged ? (IOException) new ZipException(e.getMessage()).initCause(e) : e;
    }

    @Override
    public void close() throws IOException {
      tar.close();
    }
  }
}
