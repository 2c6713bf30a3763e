package dev.braid.driver.source;

import java.util.List;
import java.util.function.Predicate;
import org.apache.hadoop.fs.FileStatus;

/**
 * What lies below a path.
 *
 * @param files those to be read, in the order of their names
 * @param leftOut those that are not
 */
record FoundFiles(List<FileStatus> files, LeftOut leftOut) {

  /** Those that are to be read alone; the others are left out for a reason. */
  FoundFiles only(Predicate<FileStatus> read, String reason) {
    LeftOut others = new LeftOut();
    others.addAll(leftOut);
    files.stream()
        .filter(read.negate())
        .forEach(file -> others.add(reason, file.getPath().getName()));
    return new FoundFiles(files.stream().filter(read).toList(), others);
  }
}
