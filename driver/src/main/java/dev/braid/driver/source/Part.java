package dev.braid.driver.source;

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
record Part(String file, long start, long length) implements Serializable {
  /** What a file costs beside its bytes. */
  private static final long OPEN_BYTES = 64 << 10;

  /**
   * Cuts files into parts of at most {@code partBytes}, and joins neighbouring small ones: what one
   * task reads, in the order of the files.
   *
   * @param isDivisible whether a task may begin in the middle of a file
   */
  static List<List<Part>> cut(
      List<FileStatus> files, long partBytes, Predicate<FileStatus> isDivisible) {
    List<List<Part>> tasks = new ArrayList<>();
    ArrayList<Part> task = new ArrayList<>();
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
        task.add(new Part(file.getPath().toString(), start, length));
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
