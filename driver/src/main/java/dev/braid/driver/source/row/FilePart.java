package dev.braid.driver.source.row;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.apache.hadoop.fs.FileStatus;

/**
 * A part of a file.
 *
 * @param file its full name
 * @param start first byte
 * @param length bytes
 */
public record FilePart(String file, long start, long length) implements Serializable {
  private static final long MIN_BYTES = 256 << 10;
  private static final long MAX_BYTES = 128 << 20;
  private static final int TASKS_PER_CORE = 4;

  /** What a file costs beside its bytes. */
  private static final long OPEN_BYTES = 64 << 10;

  /** Bytes of a part: a few tasks for each core, so that none waits long for the last one. */
  public static long bytes(List<FileStatus> files, int cores) {
    long all = files.stream().mapToLong(FileStatus::getLen).sum();
    return Math.max(MIN_BYTES, Math.min(MAX_BYTES, all / ((long) TASKS_PER_CORE * cores) + 1));
  }

  /** Bytes of a part whose rows name files that are read too: the names are the least of it. */
  public static long bytesOfNames(List<FileStatus> files, int cores) {
    long all = files.stream().mapToLong(FileStatus::getLen).sum();
    return Math.min(bytes(files, cores), all / ((long) TASKS_PER_CORE * cores) + 1);
  }

  /** A whole file. */
  public static FilePart of(FileStatus file) {
    return new FilePart(file.getPath().toString(), 0, file.getLen());
  }

  /** Whether it begins where its file does. */
  boolean isFirst() {
    return start == 0;
  }

  /**
   * Cuts files into parts of at most {@code partBytes}, and joins neighbouring small ones: what one
   * task reads, in the order of the files.
   *
   * @param isDivisible whether a task may begin in the middle of a file
   */
  public static List<List<FilePart>> cut(
      List<FileStatus> files, long partBytes, Predicate<FileStatus> isDivisible) {
    List<List<FilePart>> tasks = new ArrayList<>();
    ArrayList<FilePart> task = new ArrayList<>();
    long bytes = 0;
    for (FileStatus file : files) {
      long piece = isDivisible.test(file) ? partBytes : Long.MAX_VALUE;
      for (long start = 0; start == 0 || start < file.getLen(); start += piece) {
        long length = Math.min(piece, file.getLen() - start);
        if (!task.isEmpty() && bytes + length > partBytes) {
          tasks.add(task);
          task = new ArrayList<>();
          bytes = 0;
        }
        task.add(new FilePart(file.getPath().toString(), start, length));
        bytes += length + OPEN_BYTES;
        if (piece == Long.MAX_VALUE) {
          break;
        }
      }
    }
    if (!task.isEmpty()) {
      tasks.add(task);
    }
    return tasks;
  }
}
