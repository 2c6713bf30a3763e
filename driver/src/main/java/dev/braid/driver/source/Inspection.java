package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import dev.braid.driver.files.GivenPath;
import dev.braid.worker.Nearest;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.data.Task;
import dev.braid.worker.encoding.InputEncoding;
import dev.braid.worker.format.Utf8;
import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;

/**
 * A look at the files of one source before Spark reads them.
 *
 * @param hadoop knows the file systems
 * @param setting path of the source's section in the job file, for messages
 * @param task what the settings say is to be predicted
 * @param training for a test or validation source what is known of the training source
 * @param maxBytes of text to look at, row by row; the rest is checked when it is read
 * @param encodings of the inputs of the model that the training goes on from; empty for none
 * @param skipsBroken whether rows that cannot be read are passed over, as the run may leave some
 *     out
 */
public record Inspection(
    Configuration hadoop,
    String setting,
    Optional<Task> task,
    Optional<SourceFacts> training,
    long maxBytes,
    boolean skipsBroken,
    List<InputEncoding> encodings) {
  private static final long MAX_BYTES = 16 << 20;

  /** A look before reading. */
  public Inspection(
      Configuration hadoop, String setting, Optional<Task> task, Optional<SourceFacts> training) {
    this(hadoop, setting, task, training, MAX_BYTES);
  }

  /** A look at so many bytes of text before reading. */
  Inspection(
      Configuration hadoop,
      String setting,
      Optional<Task> task,
      Optional<SourceFacts> training,
      long maxBytes) {
    this(hadoop, setting, task, training, maxBytes, false, List.of());
  }

  /** A look without expectations. */
  public static Inspection of(Configuration hadoop) {
    return new Inspection(hadoop, "data", Optional.empty(), Optional.empty());
  }

  /** A look at every row, for the one that does not fit what is known of the source. */
  static Inspection ofAll(Configuration hadoop, SourceFacts facts) {
    return new Inspection(
        hadoop,
        "data",
        Optional.of(facts.outputs().get(0).task()),
        Optional.of(facts),
        Long.MAX_VALUE,
        false,
        List.of());
  }

  /** The same, passing over rows that cannot be read or not. */
  public Inspection skippingBroken(boolean skipsBroken) {
    return new Inspection(hadoop, setting, task, training, maxBytes, skipsBroken, encodings);
  }

  /** The same for a training that goes on from a model whose inputs are encoded so. */
  public Inspection goingOnFrom(List<InputEncoding> encodings) {
    return new Inspection(hadoop, setting, task, training, maxBytes, skipsBroken, encodings);
  }

  /**
   * The files of a path, sorted: the file itself, what a wildcard matches, all below a folder that
   * is not hidden.
   *
   * @param key the setting that holds the path
   * @throws IllegalArgumentException if there are none
   */
  public List<FileStatus> files(String key, String path) {
    return find(key, path).files();
  }

  /**
   * The files of a path with those that are left out.
   *
   * @param key the setting that holds the path
   * @throws IllegalArgumentException if there are none to be read
   */
  FoundFiles find(String key, String path) {
    require(path != null && !path.isBlank(), "%s.%s is missing: the path to read", setting, key);
    try {
      Path where = GivenPath.of(path);
      FileSystem fileSystem = where.getFileSystem(hadoop);
      FoundFiles found = new FoundFiles(new ArrayList<>(), new LeftOut());
      for (FileStatus match : matches(fileSystem, where, key)) {
        if (match.isFile()) {
          found.files().add(match);
        } else {
          addBelow(fileSystem, match.getPath(), found);
        }
      }
      require(!found.files().isEmpty(), "%s.%s: no files in %s", setting, key, where);
      found.files().sort(Comparator.comparing(file -> file.getPath().toString()));
      return found;
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /** What a path names: a name that holds wildcards' characters itself, or what they match. */
  private FileStatus[] matches(FileSystem fileSystem, Path where, String key) throws IOException {
    if (fileSystem.exists(where)) {
      return new FileStatus[] {fileSystem.getFileStatus(where)};
    }
    FileStatus[] matches = fileSystem.globStatus(where);
    require(
        matches != null && matches.length > 0,
        "%s.%s: there is no %s%s",
        setting,
        key,
        fileSystem.makeQualified(where),
        suggestion(fileSystem, where));
    return matches;
  }

  /** The content of a file, decompressed where its name says it is compressed. */
  public InputStream open(FileStatus file) throws IOException {
    return open(file.getPath(), hadoop);
  }

  /** The content of a file, decompressed where its name says it is compressed. */
  public static InputStream open(Path file, Configuration hadoop) throws IOException {
    InputStream raw = file.getFileSystem(hadoop).open(file);
    CompressionCodec codec = new CompressionCodecFactory(hadoop).getCodec(file);
    return codec == null ? raw : codec.createInputStream(raw);
  }

  /**
   * The characters of a text file, decompressed, without its byte order mark; see {@link Utf8}.
   *
   * @throws IllegalArgumentException if it is in another encoding
   */
  public BufferedReader text(FileStatus file) throws IOException {
    return Utf8.reader(open(file), file.getPath().toString());
  }

  /** What is said of a file whose reading has failed. */
  public static IllegalArgumentException unreadable(String name, IOException e) {
    if (e instanceof CharacterCodingException encoding) {
      return Utf8.notUtf8(name, encoding);
    }
    return new WrongSettings("cannot read %s: %s".formatted(name, e.getMessage()), e);
  }

  private static void addBelow(FileSystem fileSystem, Path folder, FoundFiles found)
      throws IOException {
    // Not listFiles: for every local file it would start a process that asks for its owner.
    for (FileStatus entry : fileSystem.listStatus(folder)) {
      String name = entry.getPath().getName();
      if (isBookkeeping(name)) {
        continue;
      }
      if (isHidden(name)) {
        found.leftOut().add("hidden", entry.isFile() ? name : name + "/");
      } else if (entry.isFile()) {
        found.files().add(entry);
      } else {
        addBelow(fileSystem, entry.getPath(), found);
      }
    }
  }

  /**
   * As Spark has it names that begin with an underscore or a dot are not data; nor is what Windows
   * leaves in folders.
   */
  static boolean isHidden(String name) {
    return name.startsWith("_")
        || name.startsWith(".")
        || name.equalsIgnoreCase("Thumbs.db")
        || name.equalsIgnoreCase("desktop.ini");
  }

  /** What Hadoop writes beside data on its own account: nobody misses it. */
  private static boolean isBookkeeping(String name) {
    return name.equals("_SUCCESS") || (name.startsWith(".") && name.endsWith(".crc"));
  }

  private static String suggestion(FileSystem fileSystem, Path missing) throws IOException {
    Path parent = missing.getParent() == null ? new Path(".") : missing.getParent();
    try {
      List<String> names =
          Arrays.stream(fileSystem.listStatus(parent)).map(f -> f.getPath().getName()).toList();
      return Nearest.suggestion(missing.getName(), names);
    } catch (FileNotFoundException e) {
      return "; its folder does not exist either";
    }
  }
}
