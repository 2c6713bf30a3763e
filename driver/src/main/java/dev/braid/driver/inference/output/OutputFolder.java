package dev.braid.driver.inference.output;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.driver.checkpoint.FolderLock;
import dev.braid.driver.files.AtomicWrite;
import dev.braid.driver.files.GivenPath;
import dev.braid.worker.WrongSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The folder of a scoring's results. Each batch of files is written aside and renamed:
 *
 * <pre>
 *   predictions/batch=0/part-...     appears as a whole, and last: with it the batch is done
 *   quarantine/batch=0/part-...      rows that could not be scored; missing where there were none
 *   _batches/0.json                  what was counted
 *   _checkpoint                      which files belong to which batch, of an incremental scoring
 *   summary.json
 * </pre>
 *
 * A batch that was broken off leaves hidden folders at most, or what the redo replaces: it counts
 * only when its predictions are in place. Renaming a folder must be one step, as on HDFS and on
 * local disks.
 */
public final class OutputFolder {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Set<String> OWN = Set.of("predictions", "quarantine", "_batches");

  private final FileSystem files;
  private final Path root;
  private final OutputSettings.Format format;

  public OutputFolder(String folder, OutputSettings.Format format, Configuration hadoop) {
    this.root = GivenPath.of(folder);
    this.format = format;
    try {
      this.files = root.getFileSystem(hadoop);
    } catch (IOException e) {
      throw new WrongSettings(
          "output.folder %s cannot be reached: %s".formatted(folder, e.getMessage()), e);
    }
  }

  /**
   * Refuses a folder that holds what this run would not go on with.
   *
   * @throws IllegalArgumentException if so
   */
  public void requireFree(boolean append, boolean incremental) {
    boolean goesOn = exists(checkpoint());
    if (incremental) {
      require(
          goesOn || isEmpty(),
          "%s is not empty and holds no incremental scoring to go on with; choose another"
              + " output.folder",
          root);
      return;
    }
    require(!goesOn, "%s holds an incremental scoring; choose another output.folder", root);
    require(
        append || isEmpty(),
        "%s is not empty; choose another output.folder, or add to it by output.append: true",
        root);
  }

  /** Whether there is nothing, or only what a run that was broken off leaves. */
  private boolean isEmpty() {
    return Arrays.stream(list(root)).allMatch(this::isLeftover);
  }

  /** A folder of ours in which nothing is in place, or the lock of this run. */
  private boolean isLeftover(FileStatus entry) {
    return entry.getPath().getName().equals(FolderLock.NAME)
        || (entry.isDirectory()
            && OWN.contains(entry.getPath().getName())
            && Arrays.stream(list(entry.getPath()))
                .allMatch(file -> file.getPath().getName().startsWith(".")));
  }

  public Path checkpoint() {
    return new Path(root, "_checkpoint");
  }

  /** The number after the largest there is. */
  public long nextBatch() {
    long next = 0;
    for (FileStatus batch : list(new Path(root, "predictions"))) {
      String name = batch.getPath().getName();
      if (name.matches("batch=\\d+")) {
        next = Math.max(next, Long.parseLong(name.substring(6)) + 1);
      }
    }
    return next;
  }

  public boolean isDone(long batch) {
    return exists(predictions(batch));
  }

  private Path predictions(long batch) {
    return new Path(root, "predictions/batch=" + batch);
  }

  /** Where a batch's predictions are written before they are in place. */
  public Path predictionsAside(long batch) {
    return new Path(root, "predictions/.batch=" + batch);
  }

  private Path quarantine(long batch) {
    return new Path(root, "quarantine/batch=" + batch);
  }

  /** Where a batch's tasks write what they could not score. */
  public Path quarantineAside(long batch) {
    return new Path(root, "quarantine/.batch=" + batch);
  }

  private Path counts(long batch) {
    return new Path(root, "_batches/" + batch + ".json");
  }

  /** Removes what an earlier attempt at a batch has left. */
  public void clear(long batch) {
    delete(predictionsAside(batch));
    delete(quarantineAside(batch));
    delete(quarantine(batch));
    delete(counts(batch));
  }

  /**
   * Puts a batch in place.
   *
   * @param quarantined names of the files that tasks which ended well have written
   */
  public void commit(long batch, Counts counts, Collection<String> quarantined) {
    try {
      putQuarantine(batch, quarantined);
      AtomicWrite.file(
          counts(batch), files.getConf(), out -> out.write(JSON.writeValueAsBytes(counts)));
      PartFiles.join(files, predictionsAside(batch), format);
      AtomicWrite.place(files, predictionsAside(batch), predictions(batch));
    } catch (IOException e) {
      throw new UncheckedIOException("batch " + batch + " cannot be put in place", e);
    }
  }

  /** Puts only the quarantine of a batch in place, for people to look at. */
  public String keepQuarantine(long batch, Collection<String> quarantined) {
    try {
      delete(predictionsAside(batch));
      putQuarantine(batch, quarantined);
      return quarantine(batch).toString();
    } catch (IOException e) {
      throw new UncheckedIOException("the quarantine cannot be put in place", e);
    }
  }

  private void putQuarantine(long batch, Collection<String> quarantined) throws IOException {
    if (quarantined.isEmpty()) {
      delete(quarantineAside(batch));
      return;
    }
    Set<String> sound = new HashSet<>(quarantined);
    for (FileStatus file : list(quarantineAside(batch))) {
      if (!sound.contains(file.getPath().getName())) {
        files.delete(file.getPath(), false); // of an attempt that failed
      }
    }
    AtomicWrite.place(files, quarantineAside(batch), quarantine(batch));
  }

  /** What was counted in all batches that are in place; nothing where there are none. */
  public Optional<Counts> total() {
    Optional<Counts> total = Optional.empty();
    try {
      for (long batch = 0, next = nextBatch(); batch < next; batch++) {
        if (isDone(batch)) {
          try (InputStream in = files.open(counts(batch))) {
            Counts counts = JSON.readValue(in, Counts.class);
            total = Optional.of(total.map(sum -> sum.plus(counts)).orElse(counts));
          }
        }
      }
      return total;
    } catch (IOException e) {
      throw new UncheckedIOException("the counts of earlier batches cannot be read", e);
    }
  }

  private boolean exists(Path path) {
    try {
      return files.exists(path);
    } catch (IOException e) {
      throw new UncheckedIOException(path + " cannot be read", e);
    }
  }

  private void delete(Path path) {
    try {
      files.delete(path, true);
    } catch (IOException e) {
      throw new UncheckedIOException(path + " cannot be deleted", e);
    }
  }

  private FileStatus[] list(Path folder) {
    try {
      return files.exists(folder) ? files.listStatus(folder) : new FileStatus[0];
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be read", e);
    }
  }
}
