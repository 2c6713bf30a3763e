package dev.braid.driver.checkpoint;

import static dev.braid.worker.Check.require;

import dev.braid.driver.files.AtomicWrite;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.state.State;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The newest checkpoints of a run, in a folder of their own on any file system Hadoop knows.
 *
 * <p>A checkpoint is written aside and renamed when it is complete, and older ones go only then: at
 * every moment the last good one is there, whatever happens to the machine or the disk.
 */
public final class Checkpoints {
  private static final Pattern NAME = Pattern.compile("round-\\d{9}\\.checkpoint");

  private final Path folder;
  private final Configuration hadoop;
  private final int keep;

  /**
   * @param folder made when the first one is written
   * @param keep how many of the newest are kept
   */
  public Checkpoints(String folder, Configuration hadoop, int keep) {
    this.folder = new Path(folder);
    this.hadoop = hadoop;
    this.keep = keep;
  }

  /**
   * What there is to go on from.
   *
   * @param checkpoint the newest one that is whole
   * @param path where it lies
   * @param damaged sentences that name newer ones and what is wrong with them
   * @param <T> what it holds
   */
  public record Found<T>(T checkpoint, String path, List<String> damaged) {}

  /** Writes a checkpoint as a file or a folder of this name, which appears as a whole. */
  @FunctionalInterface
  interface Writer {
    void writeTo(Path target) throws IOException;
  }

  /**
   * Reads a checkpoint.
   *
   * @param <T> what it holds
   */
  @FunctionalInterface
  interface Reader<T> {
    /**
     * Reads it.
     *
     * @throws IOException saying what is wrong when it is damaged or cannot be read
     */
    T read(Path path) throws IOException;
  }

  /**
   * Writes one, and lets go of those that are too many.
   *
   * @return where it lies
   * @throws IOException when it cannot be written: the ones before are as they were
   */
  public String write(Checkpoint checkpoint) throws IOException {
    return write(
        checkpoint.round(),
        target -> AtomicWrite.file(target, hadoop, out -> CheckpointFile.write(out, checkpoint)));
  }

  String write(int round, Writer writer) throws IOException {
    AtomicWrite.clear(folder, hadoop);
    Path target = new Path(folder, "round-%09d.checkpoint".formatted(round));
    writer.writeTo(target);
    FileSystem files = folder.getFileSystem(hadoop);
    List<Path> all = list(files);
    for (Path old : all.subList(Math.min(keep, all.size()), all.size())) {
      deleteQuietly(files, old);
    }
    return target.toString();
  }

  /**
   * The newest checkpoint that is whole; damaged ones are skipped and named, and set aside so that
   * they are not in the way.
   *
   * @param room where states of these names are read to if their sizes fit, so that nobody needs
   *     memory for a second one; undefined if there is no whole checkpoint
   * @return nothing when there is no checkpoint at all
   * @throws IllegalArgumentException when the newest was written by a newer Braid, or when all are
   *     damaged
   * @throws UncheckedIOException when the folder cannot be read
   */
  public Optional<Found<Checkpoint>> newest(Map<String, State> room) {
    return newest(
        path -> {
          try (InputStream in = path.getFileSystem(hadoop).open(path)) {
            return CheckpointFile.read(in, room);
          }
        });
  }

  <T> Optional<Found<T>> newest(Reader<T> reader) {
    try {
      FileSystem files = folder.getFileSystem(hadoop);
      List<String> damaged = new ArrayList<>();
      List<Path> skipped = new ArrayList<>();
      Optional<Found<T>> found = Optional.empty();
      for (Path path : list(files)) {
        try {
          found = Optional.of(new Found<>(reader.read(path), path.toString(), damaged));
          break;
        } catch (NewerVersion e) {
          throw new WrongSettings("checkpoint " + path + ": " + e.getMessage(), e);
        } catch (IOException e) {
          damaged.add("checkpoint %s is damaged: %s".formatted(path, reason(e)));
          skipped.add(path);
        }
      }
      require(
          found.isPresent() || damaged.isEmpty(),
          "no checkpoint can be read: %s; start anew without --resume",
          String.join("; ", damaged));
      for (Path path : skipped) {
        files.rename(path, path.suffix(".damaged")); // or it is skipped again the next time
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException("the checkpoints in " + folder + " cannot be read", e);
    }
  }

  /** Whether the folder holds any, whole or not. */
  public boolean isEmpty() {
    try {
      return list(folder.getFileSystem(hadoop)).isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException("the checkpoints in " + folder + " cannot be read", e);
    }
  }

  /** The folder as it was named. */
  @Override
  public String toString() {
    return folder.toString();
  }

  /** Newest first. */
  private List<Path> list(FileSystem files) throws IOException {
    List<Path> paths = new ArrayList<>();
    try {
      for (FileStatus status : files.listStatus(folder)) {
        if (NAME.matcher(status.getPath().getName()).matches()) {
          paths.add(status.getPath());
        }
      }
    } catch (FileNotFoundException e) {
      return List.of();
    }
    paths.sort(Comparator.comparing(Path::getName).reversed());
    return paths;
  }

  /** What cannot be deleted now is in nobody's way; the next checkpoint tries again. */
  private static void deleteQuietly(FileSystem files, Path path) {
    try {
      files.delete(path, true);
    } catch (IOException e) {
      // See above.
    }
  }

  private static String reason(IOException e) {
    return e instanceof EOFException ? "it ends too early" : e.getMessage();
  }
}
