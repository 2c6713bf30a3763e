package dev.braid.driver.source;

import java.util.List;
import org.apache.hadoop.fs.FileStatus;

/**
 * What lies below a path.
 *
 * @param files those to be read, in the order of their names
 * @param leftOut those that are hidden
 */
record FoundFiles(List<FileStatus> files, LeftOut leftOut) {}
