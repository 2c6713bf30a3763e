package dev.braid.driver.source.column;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.braid.driver.files.FileContent;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The names of classes in the order of their ids: a list, or the path of a file with one in each
 * line.
 *
 * @param names null where they stand in a file
 * @param file null where they are given
 */
public record StatedClasses(List<String> names, String file) {

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static StatedClasses list(List<String> names) {
    return new StatedClasses(names, null);
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static StatedClasses file(String file) {
    return new StatedClasses(null, file);
  }

  /**
   * The names.
   *
   * @param setting for messages
   * @throws IllegalArgumentException if they are fewer than two, or one is named twice
   */
  public List<String> read(String setting, Configuration hadoop) {
    List<String> read = names == null ? lines(new Path(file), hadoop) : names;
    require(read.size() > 1, "%s: classes are two at least, but there is %s", setting, words(read));
    Set<String> seen = new HashSet<>();
    for (String name : read) {
      require(name != null && !name.isBlank(), "%s: a class has no name", setting);
      require(seen.add(name), "%s names class '%s' twice", setting, name);
    }
    return List.copyOf(read);
  }

  private static String words(List<String> names) {
    return names.isEmpty() ? "none" : "only '" + names.get(0) + "'";
  }

  private static List<String> lines(Path path, Configuration hadoop) {
    return FileContent.read(
        path,
        () -> {
          try (var lines = FileContent.text(path, hadoop)) {
            return lines.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
          }
        });
  }
}
