package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import dev.braid.worker.format.Image;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileStatus;

/**
 * Pictures in folders by class.
 *
 * @param files by class, those of a class in the order of their names
 * @param leftOut what lies among them and is not read
 */
record PictureFiles(Map<String, List<FileStatus>> files, LeftOut leftOut) {
  private static final int FEW_CLASSES = 20;

  /**
   * The pictures below a path.
   *
   * @throws IllegalArgumentException if there are none, or none in the folder of a class
   */
  static PictureFiles find(Inspection inspection, String path) {
    FoundFiles found = inspection.find("images.path", path);
    ClassFolders folders = ClassFolders.of(path, inspection.hadoop());
    LeftOut leftOut = new LeftOut();
    leftOut.addAll(found.leftOut());
    Map<String, List<FileStatus>> files = new TreeMap<>();
    Map<String, LeftOut> unread = new TreeMap<>();
    int outside = 0;
    for (FileStatus file : found.files()) {
      String name = file.getPath().getName();
      if (folders.isOutside(file.getPath())) {
        outside += Image.isNamed(name) ? 1 : 0;
        leftOut.add("in no class's folder", name);
      } else if (Image.isNamed(name)) {
        files.computeIfAbsent(folders.of(file.getPath()), key -> new ArrayList<>()).add(file);
      } else {
        leftOut.add("whose ending is no picture's", name);
        unread.computeIfAbsent(folders.of(file.getPath()), key -> new LeftOut()).add("", name);
      }
    }
    String setting = inspection.setting() + ".images.path";
    require(
        !files.isEmpty() || outside == 0,
        "%s: %,d pictures lie in %s itself; put those of each class into a folder with the class's"
            + " name, or name the folder above such folders",
        setting,
        outside,
        path);
    require(
        !files.isEmpty(),
        "%s: there are no images in %s; expected folders by class with files %s",
        setting,
        path,
        Image.endings());
    requireEachRead(setting, files, unread);
    return new PictureFiles(files, leftOut);
  }

  private static void requireEachRead(
      String setting, Map<String, List<FileStatus>> files, Map<String, LeftOut> unread) {
    TreeSet<String> empty = new TreeSet<>(unread.keySet());
    empty.removeAll(files.keySet());
    require(
        empty.isEmpty(),
        "%s: no file in the folder of class '%s' is read as a picture (%s); read are %s: convert"
            + " them, or take the folder away",
        setting,
        empty.isEmpty() ? "" : empty.first(),
        empty.isEmpty() ? "" : unread.get(empty.first()),
        Image.endings());
  }

  /** All of them. */
  List<FileStatus> all() {
    return files.values().stream().flatMap(List::stream).toList();
  }

  /** What a person should know of them before a training. */
  List<String> remarks(List<Integer> shape) {
    List<String> remarks = new ArrayList<>();
    remarks.add("classes: " + classes());
    remarks.add(
        "pictures: %,d files, read as %d high, %d wide, %s"
            .formatted(
                all().size(),
                shape.get(1),
                shape.get(2),
                shape.get(0) == 1 ? "in grey" : "in colour"));
    if (!leftOut.isEmpty()) {
      remarks.add(leftOut.toString());
    }
    return remarks;
  }

  private String classes() {
    if (files.size() > FEW_CLASSES) {
      var sizes = files.values().stream().mapToInt(List::size).summaryStatistics();
      return "%,d, of %,d to %,d pictures".formatted(files.size(), sizes.getMin(), sizes.getMax());
    }
    return files.entrySet().stream()
        .map(entry -> "%s %,d".formatted(entry.getKey(), entry.getValue().size()))
        .collect(Collectors.joining(", "));
  }
}
