package dev.braid.driver.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.driver.files.GivenPath;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.ShutdownHookManager;

/**
 * The right to write into a folder, which one run has at a time: a file in it that names the run.
 * It goes when the run ends, also by an error or a signal. What a killed process has left is taken
 * over by the next run on the same machine; of another machine's processes nobody here can know.
 *
 * <p>The file appears in one step on HDFS and on local disks. Object stores may let two runs have
 * it that begin in the same moment.
 */
public final class FolderLock implements AutoCloseable {
  /** The file's name. */
  public static final String NAME = ".lock";

  private static final JsonMapper JSON = new JsonMapper();

  /** After Spark has stopped, before Hadoop closes its file systems: higher numbers run first. */
  private static final int HOOK_PRIORITY = 40;

  private final FileSystem files;
  private final Path file;
  private final LockOwner owner;
  private final Runnable hook = this::release;
  private final AtomicBoolean released = new AtomicBoolean();

  private FolderLock(FileSystem files, Path file, LockOwner owner) {
    this.files = files;
    this.file = file;
    this.owner = owner;
  }

  /**
   * Works while holding a folder, which is made where it is not there yet.
   *
   * @param run what the holder is called in messages, such as {@code train mnist}
   * @throws FolderInUse when another run holds it
   * @throws UncheckedIOException when the file system fails
   */
  public static <T> T holding(String folder, String run, Configuration hadoop, Supplier<T> work) {
    FolderLock lock = take(folder, run, hadoop);
    try {
      return work.get();
    } finally {
      lock.close();
    }
  }

  /** Takes a folder until closed, see {@link #holding}. */
  static FolderLock take(String folder, String run, Configuration hadoop) {
    Path file = new Path(GivenPath.of(folder), NAME);
    try {
      FileSystem files = FileSystem.newInstance(file.toUri(), hadoop);
      FolderLock lock = new FolderLock(files, file, LockOwner.here(run));
      boolean taken = false;
      try {
        files.mkdirs(file.getParent());
        lock.take();
        taken = true;
      } finally {
        if (!taken) {
          files.close();
        }
      }
      ShutdownHookManager.get().addShutdownHook(lock.hook, HOOK_PRIORITY);
      return lock;
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be locked: " + e.getMessage(), e);
    }
  }

  private void take() throws IOException {
    if (create()) {
      return;
    }
    Optional<LockOwner> other = read(file);
    if (other.isPresent() && other.get().isGone() && removed(other.get()) && create()) {
      return;
    }
    throw FolderInUse.by(read(file).or(() -> other), file);
  }

  /** Whether the file was not there and is now. */
  private boolean create() throws IOException {
    byte[] text = JSON.writeValueAsBytes(owner);
    try {
      if (files instanceof LocalFileSystem local) {
        Files.write(local.pathToFile(file).toPath(), text, StandardOpenOption.CREATE_NEW);
      } else {
        try (OutputStream out = files.create(file, false)) {
          out.write(text);
        }
      }
      return true;
    } catch (java.nio.file.FileAlreadyExistsException | FileAlreadyExistsException e) {
      return false;
    }
  }

  /** Who holds a lock; empty where it is gone, or still being written. */
  private Optional<LockOwner> read(Path path) throws IOException {
    try (InputStream in = files.open(path)) {
      return Optional.of(JSON.readValue(in.readAllBytes(), LockOwner.class));
    } catch (FileNotFoundException | JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /** Removes what a process has left that is gone, unless somebody else was faster. */
  private boolean removed(LockOwner gone) throws IOException {
    Path aside = file.suffix("." + UUID.randomUUID());
    if (!files.rename(file, aside)) {
      return false;
    }
    if (!read(aside).equals(Optional.of(gone))) {
      files.rename(aside, file);
      return false;
    }
    return files.delete(aside, false);
  }

  /** A lock that cannot be removed now is one of a process that is gone, soon. */
  private void release() {
    if (released.getAndSet(true)) {
      return;
    }
    try (files) {
      if (read(file).equals(Optional.of(owner))) {
        files.delete(file, false);
      }
      if (files.listStatus(file.getParent()).length == 0) {
        files.delete(file.getParent(), false); // made for nothing
      }
    } catch (IOException e) {
      // See above.
    }
  }

  @Override
  public void close() {
    if (!ShutdownHookManager.get().isShutdownInProgress()) {
      ShutdownHookManager.get().removeShutdownHook(hook);
    }
    release();
  }
}
