package dev.braid.driver.files;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumFileSystem;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.UnsupportedFileSystemException;

/**
 * Writes files and folders aside, under a hidden name that no other writer has, and renames what is
 * complete. Whatever happens meanwhile, a name stands for all of the old content or all of the new;
 * of several writers the last one counts.
 *
 * <p>On local disks and on HDFS a file replaces another in one step. Where a file system has no
 * such step, and for folders, the old content goes right before the new comes.
 */
public final class AtomicWrite {
  private static final Pattern ASIDE = Pattern.compile("\\..+\\.[0-9a-f]{8}(-[0-9a-f]{4}){4}.{8}");

  private AtomicWrite() {}

  /** What goes into a file. */
  @FunctionalInterface
  public interface Content {
    /** Writes it; may close the stream. */
    void writeTo(OutputStream out) throws IOException;
  }

  /** What makes a folder with all its files. */
  @FunctionalInterface
  public interface FolderContent {
    /** Makes the folder, which is not there yet. */
    void writeTo(Path folder) throws IOException;
  }

  /**
   * Writes a file, in place of the one that is there.
   *
   * @throws IOException when it cannot be written or renamed: what was there is as it was
   */
  public static void file(Path target, Configuration hadoop, Content content) throws IOException {
    FileSystem files = fileSystem(target, hadoop);
    Path aside = aside(target);
    try {
      try (OutputStream out = files.create(aside, false)) {
        content.writeTo(out);
      }
      replace(files, aside, target);
    } finally {
      deleteQuietly(files, aside); // which is there only where something has failed
    }
  }

  /**
   * Makes a folder, in place of the one that is there.
   *
   * @throws IOException when it cannot be written or renamed
   */
  public static void folder(Path target, Configuration hadoop, FolderContent content)
      throws IOException {
    FileSystem files = target.getFileSystem(hadoop);
    Path aside = aside(target);
    try {
      content.writeTo(aside);
      files.delete(target, true);
      place(files, aside, target);
    } finally {
      deleteQuietly(files, aside);
    }
  }

  /**
   * Gives what was written elsewhere its name, which must be free: many file systems put what is
   * renamed to a folder's name into that folder.
   *
   * @throws IOException when the name is taken or the file system refuses
   */
  public static void place(FileSystem files, Path from, Path to) throws IOException {
    files.mkdirs(to.getParent());
    if (files.exists(to) || !files.rename(from, to)) {
      throw new IOException("cannot rename " + from + " to " + to);
    }
  }

  /**
   * Removes what writers have left in a folder that were killed; nobody may be writing into it.
   *
   * @throws IOException when the folder cannot be read
   */
  public static void clear(Path folder, Configuration hadoop) throws IOException {
    FileSystem files = folder.getFileSystem(hadoop);
    if (!files.exists(folder)) {
      return;
    }
    for (FileStatus file : files.listStatus(folder)) {
      if (ASIDE.matcher(file.getPath().getName()).matches()) {
        deleteQuietly(files, file.getPath());
      }
    }
  }

  /**
   * The file system of a path, without the hidden checksum files that Hadoop leaves beside those on
   * local disks.
   */
  public static FileSystem fileSystem(Path path, Configuration hadoop) throws IOException {
    FileSystem files = path.getFileSystem(hadoop);
    return files instanceof ChecksumFileSystem checked ? checked.getRawFileSystem() : files;
  }

  private static Path aside(Path target) {
    return new Path(target.getParent(), "." + target.getName() + "." + UUID.randomUUID());
  }

  private static void replace(FileSystem files, Path from, Path to) throws IOException {
    if (files instanceof RawLocalFileSystem disk) {
      // What others wrote there may have a checksum, which must not judge the new bytes.
      files.delete(new Path(to.getParent(), "." + to.getName() + ".crc"), false);
      Files.move(
          disk.pathToFile(from).toPath(),
          disk.pathToFile(to).toPath(),
          StandardCopyOption.ATOMIC_MOVE);
      return;
    }
    try {
      FileContext.getFileContext(to.toUri(), files.getConf())
          .rename(from, to, Options.Rename.OVERWRITE);
    } catch (UnsupportedFileSystemException e) { // it has no rename that replaces
      files.delete(to, false);
      place(files, from, to);
    }
  }

  /** What cannot be deleted now is hidden, and in nobody's way. */
  private static void deleteQuietly(FileSystem files, Path path) {
    try {
      files.delete(path, true);
    } catch (IOException e) {
      // See above.
    }
  }
}
