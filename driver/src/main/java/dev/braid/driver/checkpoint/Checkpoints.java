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
   */
  public record Found(Checkpoint checkpoint, String path, List<String> damaged) {}

  /**
   * Writes one, and lets go of those that are too many.
   *
   * @return where it lies
   * @throws IOException when it cannot be written: the ones before are as they were
   */
  public String write(Checkpoint checkpoint) throws IOException {
    AtomicWrite.clear(folder, hadoop);
    Path target = new Path(folder, "round-%09d.checkpoint".formatted(checkpoint.round()));
    AtomicWrite.file(target, hadoop, out -> CheckpointFile.write(out, checkpoint));
    FileSystem files = folder.getFileSystem(hadoop);
    List<Path> all = list(files);
    for (Path old : all.subList(Math.min(keep, all.size()), all.size())) {
      deleteQuietly(files, old);
    }
    return target.toString();
  }

  /** As {@link #newest(Map)}, with new states. */
  public Optional<Found> newest() {
    return newest(Map.of());
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
  public Optional<Found> newest(Map<String, State> room) {
    try {
      FileSystem files = folder.getFileSystem(hadoop);
      List<String> damaged = new ArrayList<>();
      List<Path> skipped = new ArrayList<>();
      for (Path path : list(files)) {
        try (InputStream in = files.open(path)) {
          Checkpoint checkpoint = CheckpointFile.read(in, room);
          setAside(files, skipped);
          return Optional.of(new Found(checkpoint, path.toString(), damaged));
        } catch (NewerVersion e) {
          throw new WrongSettings("checkpoint " + path + ": " + e.getMessage(), e);
        } catch (IOException e) {
          damaged.add("checkpoint %s is damaged: %s".formatted(path, reason(e)));
          skipped.add(path);
        }
      }
      require(
          damaged.isEmpty(),
          "no checkpoint can be read: %s; start anew without --resume",
          String.join("; ", damaged));
      return Optional.empty();
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

  private static void setAside(FileSystem files, List<Path> paths) throws IOException {
    for (Path path : paths) {
      files.rename(path, path.suffix(".damaged"));
    }
  }

  /** What cannot be deleted now is in nobody's way; the next checkpoint tries again. */
  private static void deleteQuietly(FileSystem files, Path path) {
    try {
      files.delete(path, false);
    } catch (IOException e) {
      // See above.
    }
  }

  private static String reason(IOException e) {
    return e instanceof EOFException ? "it ends too early" : e.getMessage();
  }
}
