package dev.braid.driver.source.row;

import static dev.braid.worker.Check.require;

import dev.braid.driver.files.FileContent;
import dev.braid.driver.files.GivenPath;
import dev.braid.worker.Spelling;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What lies below a path.
 *
 * @param files those to be read, in the order of their names
 * @param leftOut those that are not
 */
public record FoundFiles(List<FileStatus> files, LeftOut leftOut) {
  /**
   * The file itself, what a wildcard matches, all below a folder that is not hidden.
   *
   * @param setting holds the path, for messages
   * @throws IllegalArgumentException if there are none to be read
   */
  public static FoundFiles below(String setting, String path, Configuration hadoop) {
    require(path != null && !path.isBlank(), "%s is missing: the path to read", setting);
    try {
      Path where = GivenPath.of(path);
      FileSystem fileSystem = where.getFileSystem(hadoop);
      FoundFiles found = new FoundFiles(new ArrayList<>(), new LeftOut());
      for (FileStatus match : matches(setting, fileSystem, where)) {
        if (match.isFile()) {
          found.files.add(match);
        } else {
          found.addBelow(fileSystem, match.getPath());
        }
      }
      require(!found.files.isEmpty(), "%s: no files in %s", setting, where);
      found.files.sort(Comparator.comparing(file -> file.getPath().toString()));
      return found;
    } catch (IOException e) {
      throw FileContent.unreadable(path, e);
    }
  }

  /** What a path names: a name that holds wildcards' characters itself, or what they match. */
  private static FileStatus[] matches(String setting, FileSystem fileSystem, Path where)
      throws IOException {
    if (fileSystem.exists(where)) {
      return new FileStatus[] {fileSystem.getFileStatus(where)};
    }
    FileStatus[] matches = fileSystem.globStatus(where);
    require(
        matches != null && matches.length > 0,
        "%s: there is no %s%s",
        setting,
        fileSystem.makeQualified(where),
        suggestion(fileSystem, where));
    return matches;
  }

  private static String suggestion(FileSystem fileSystem, Path missing) throws IOException {
    Path parent = missing.getParent() == null ? new Path(".") : missing.getParent();
    try {
      List<String> names =
          Arrays.stream(fileSystem.listStatus(parent)).map(f -> f.getPath().getName()).toList();
      return Spelling.suggestion(missing.getName(), names);
    } catch (FileNotFoundException e) {
      return "; its folder does not exist either";
    }
  }

  private void addBelow(FileSystem fileSystem, Path folder) throws IOException {
    // Not listFiles: for every local file it would start a process that asks for its owner.
    for (FileStatus entry : fileSystem.listStatus(folder)) {
      String name = entry.getPath().getName();
      if (isBookkeeping(name)) {
        continue;
      }
      if (isHidden(name)) {
        leftOut.add("hidden", entry.isFile() ? name : name + "/");
      } else if (entry.isFile()) {
        files.add(entry);
      } else {
        addBelow(fileSystem, entry.getPath());
      }
    }
  }

  /**
   * As Spark has it names that begin with an underscore or a dot are not data; nor is what Windows
   * leaves in folders.
   */
  public static boolean isHidden(String name) {
    return name.startsWith("_")
        || name.startsWith(".")
        || name.equalsIgnoreCase("Thumbs.db")
        || name.equalsIgnoreCase("desktop.ini");
  }

  /** What Hadoop writes beside data on its own account: nobody misses it. */
  private static boolean isBookkeeping(String name) {
    return name.equals("_SUCCESS") || (name.startsWith(".") && name.endsWith(".crc"));
  }

  /** Those that are to be read alone; the others are left out for a reason. */
  public FoundFiles only(Predicate<FileStatus> read, String reason) {
    LeftOut others = new LeftOut();
    others.addAll(leftOut);
    files.stream()
        .filter(read.negate())
        .forEach(file -> others.add(reason, file.getPath().getName()));
    return new FoundFiles(files.stream().filter(read).toList(), others);
  }
}
