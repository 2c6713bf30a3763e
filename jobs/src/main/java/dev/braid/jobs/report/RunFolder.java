package dev.braid.jobs.report;

import static dev.braid.worker.Check.require;

import dev.braid.driver.files.AtomicWrite;
import dev.braid.driver.files.GivenPath;
import dev.braid.worker.WrongSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The folder a run leaves its results in, on any file system Hadoop knows. */
public final class RunFolder {
  private static final String SUMMARY = "summary.json";

  private final FileSystem files;
  private final Path folder;

  private RunFolder(FileSystem files, Path folder) {
    this.files = files;
    this.folder = folder;
  }

  /**
   * Makes the folder, if need be.
   *
   * @throws IllegalArgumentException when it cannot be made or holds the results of another run
   */
  public static RunFolder create(String folder, Configuration hadoop) {
    try {
      RunFolder opened = reopen(folder, hadoop);
      require(
          !opened.files.exists(new Path(opened.folder, SUMMARY)),
          "%s already holds the results of a run; choose another --output",
          folder);
      return opened;
    } catch (IOException e) {
      throw new WrongSettings(
          "%s: the folder cannot be read (%s); choose another --output"
              .formatted(folder, e.getMessage()),
          e);
    }
  }

  /**
   * The folder of a run that is to go on, which may have ended; made where it is not there yet.
   *
   * @throws IllegalArgumentException when it cannot be made
   */
  public static RunFolder reopen(String folder, Configuration hadoop) {
    try {
      Path path = GivenPath.of(folder);
      FileSystem files = AtomicWrite.fileSystem(path, hadoop);
      require(files.mkdirs(path), "%s: the folder cannot be made; choose another --output", folder);
      AtomicWrite.clear(path, hadoop);
      return new RunFolder(files, path);
    } catch (IOException e) {
      throw new WrongSettings(
          "%s: the folder cannot be made (%s); choose another --output"
              .formatted(folder, e.getMessage()),
          e);
    }
  }

  /**
   * The folder of a run that begins, with its settings in it, or of one that goes on.
   *
   * @param settings text of the job file
   * @throws IllegalArgumentException when it cannot be made or holds the results of another run
   */
  public static RunFolder begin(
      String folder, boolean resume, String settings, Configuration hadoop) {
    if (resume) {
      return reopen(folder, hadoop);
    }
    RunFolder created = create(folder, hadoop);
    created.write("job.yaml", settings);
    return created;
  }

  /**
   * The folder of a run, to be read.
   *
   * @throws IllegalArgumentException when it is not there
   */
  public static RunFolder existing(String folder, Configuration hadoop) {
    try {
      Path path = GivenPath.of(folder);
      FileSystem files = path.getFileSystem(hadoop);
      require(files.exists(path), "%s: no such folder", folder);
      require(files.getFileStatus(path).isDirectory(), "%s: not a folder", folder);
      return new RunFolder(files, path);
    } catch (IOException e) {
      throw new WrongSettings(
          "%s: the folder cannot be read: %s".formatted(folder, e.getMessage()), e);
    }
  }

  /** The lines of a text file, none where it is not there. */
  public List<String> lines(String name) {
    Path path = new Path(folder, name);
    try {
      if (!files.exists(path)) {
        return List.of();
      }
      try (InputStream in = files.open(path)) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file that grows while the run goes on; the caller closes it. */
  public OutputStream open(String name) {
    try {
      return files.create(new Path(folder, name), true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file that is there as a whole or not at all. */
  public void write(String name, AtomicWrite.Content content) {
    try {
      AtomicWrite.file(new Path(folder, name), files.getConf(), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A text file in UTF-8, as a whole or not at all. */
  public void write(String name, String text) {
    write(name, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** The folder as it was named. */
  @Override
  public String toString() {
    return folder.toString();
  }
}
