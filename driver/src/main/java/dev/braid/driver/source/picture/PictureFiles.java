package dev.braid.driver.source.picture;

import static dev.braid.worker.Check.require;

import dev.braid.driver.files.FileContent;
import dev.braid.driver.source.example.ClassSizes;
import dev.braid.driver.source.example.Inspection;
import dev.braid.driver.source.example.Labels;
import dev.braid.driver.source.row.FoundFiles;
import dev.braid.driver.source.row.LeftOut;
import dev.braid.driver.source.table.RowFormat;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.format.Image;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * Pictures by class, in folders or archives.
 *
 * @param byClass those of a class in the order of their names
 * @param leftOut what lies among them and is not read
 * @param numArchives how many archives they lie in
 */
public record PictureFiles(Map<String, List<Picture>> byClass, LeftOut leftOut, long numArchives) {
  /**
   * A picture that is not read yet.
   *
   * @param entry its name in an archive; empty for a file of its own
   */
  record Picture(Path file, String entry) {

    boolean isInArchive() {
      return !entry.isEmpty();
    }

    Image decode(Configuration hadoop) {
      String name = Archive.nameOf(file.toString(), entry);
      try (Archive archive = Archive.open(file, hadoop)) {
        String next = archive.next();
        while (!next.equals(entry)) {
          next = archive.next();
        }
        return Image.decode(archive.content());
      } catch (IOException e) {
        throw FileContent.unreadable(name, e);
      } catch (WrongSettings e) {
        throw new WrongSettings(name + ": " + e.getMessage(), e);
      }
    }
  }

  /**
   * The pictures to learn from.
   *
   * @throws IllegalArgumentException if there are none, or none in the folder of a class
   */
  public static PictureFiles find(Inspection inspection, RowFormat images) {
    String setting = inspection.setting() + ".images.path";
    FoundFiles all = inspection.find("images.path", images.path());
    ClassFolders folders = ClassFolders.of(images.path(), inspection.hadoop());
    requireInFolders(setting, all, folders, images);
    FoundFiles found = images.findLabelled(inspection);
    PictureFiles pictures =
        new PictureFiles(
            new TreeMap<>(),
            found.leftOut(),
            found.files().stream().filter(f -> Archive.isNamed(f.getPath().getName())).count());
    for (FileStatus file : found.files()) {
      if (Archive.isNamed(file.getPath().getName())) {
        pictures.addArchive(inspection, file.getPath(), folders);
      } else {
        pictures.add(folders.of(file.getPath()), new Picture(file.getPath(), ""));
      }
    }
    require(
        !pictures.byClass.isEmpty(),
        "%s: there are no images in the archives in %s; read are %s",
        setting,
        images.path(),
        Image.endings());
    List<FileStatus> unread = all.files().stream().filter(file -> !images.isRead(file)).toList();
    requireEachRead(setting, unread, folders, pictures.byClass.keySet());
    return pictures;
  }

  private static void requireInFolders(
      String setting, FoundFiles all, ClassFolders folders, RowFormat images) {
    List<FileStatus> read = all.files().stream().filter(images::isRead).toList();
    require(
        !read.isEmpty(),
        "%s: there are no images in %s; expected folders by class with files %s, or archives of"
            + " them",
        setting,
        images.path(),
        Image.endings());
    boolean inNone =
        read.stream()
            .map(FileStatus::getPath)
            .allMatch(file -> folders.isOutside(file) && !Archive.isNamed(file.getName()));
    require(
        !inNone,
        "%s: %,d pictures lie in %s itself; put those of each class into a folder with the class's"
            + " name, or name the folder above such folders",
        setting,
        read.size(),
        images.path());
  }

  private void add(String name, Picture picture) {
    byClass.computeIfAbsent(name, key -> new ArrayList<>()).add(picture);
  }

  private void addArchive(Inspection inspection, Path file, ClassFolders classes) {
    try {
      Archive.Contents contents = Archive.Contents.of(file, inspection.hadoop());
      if (contents.damage() != null && !inspection.skipsBroken()) {
        throw contents.damage();
      }
      List<String> pictures = contents.pictures();
      for (String name : contents.names()) {
        if (!Archive.isPicture(name)) {
          leftOut.add(
              Image.isNamed(name) ? "hidden" : "whose ending is no picture's",
              new Path(name).getName());
        }
      }
      ArchiveFolders folders = ArchiveFolders.of(pictures, file, classes);
      for (String name : pictures.stream().sorted().toList()) {
        String own = folders.classOf(name);
        require(
            own != null || inspection.skipsBroken(),
            "%s: the picture lies beside the folders of classes, in none of them",
            Archive.nameOf(file.toString(), name));
        if (own != null) {
          add(own, new Picture(file, name));
        }
      }
    } catch (IOException e) {
      throw FileContent.unreadable(file.toString(), e);
    }
  }

  private static void requireEachRead(
      String setting, List<FileStatus> files, ClassFolders folders, Set<String> classes) {
    Map<String, LeftOut> unread = new TreeMap<>();
    for (FileStatus file : files) {
      if (!folders.isOutside(file.getPath())) {
        unread
            .computeIfAbsent(folders.of(file.getPath()), key -> new LeftOut())
            .add("unread", file.getPath().getName());
      }
    }
    TreeSet<String> empty = new TreeSet<>(unread.keySet());
    empty.removeAll(classes);
    require(
        empty.isEmpty(),
        "%s: no file in the folder of class '%s' is read as a picture (%s); read are %s: convert"
            + " them, or take the folder away",
        setting,
        empty.isEmpty() ? "" : empty.first(),
        empty.isEmpty() ? "" : unread.get(empty.first()),
        Image.endings());
  }

  /**
   * The first picture of all that can be read.
   *
   * @throws IllegalArgumentException if it is broken, or the first of a class in a folder is, and
   *     broken ones are not left out
   */
  public Image first(Inspection inspection) {
    Image first = null;
    for (List<Picture> pictures : byClass.values()) {
      if (first == null || !pictures.get(0).isInArchive()) {
        Image image = first(inspection, pictures);
        first = first == null ? image : first;
      }
    }
    require(first != null, "%s.images.path: no picture there can be read", inspection.setting());
    return first;
  }

  private static Image first(Inspection inspection, List<Picture> pictures) {
    for (Picture picture : pictures) {
      try {
        return picture.decode(inspection.hadoop());
      } catch (WrongSettings e) {
        if (!inspection.skipsBroken()) {
          throw e;
        }
      }
    }
    return null;
  }

  public long count() {
    return byClass.values().stream().mapToLong(List::size).sum();
  }

  /** What a person should know of them before a training. */
  public List<String> remarks(List<Integer> shape) {
    List<String> remarks = new ArrayList<>();
    Map<String, Long> sizes = new TreeMap<>();
    byClass.forEach((name, pictures) -> sizes.put(name, (long) pictures.size()));
    remarks.add(new ClassSizes(sizes).remark(Labels.ONLY, "examples"));
    remarks.add(
        "pictures: %,d files%s, read as %d high, %d wide, %s"
            .formatted(
                count(),
                numArchives == 0 ? "" : " in folders and %,d archives".formatted(numArchives),
                shape.get(1),
                shape.get(2),
                shape.get(0) == 1 ? "in grey" : "in colour"));
    remarks.addAll(leftOut.remarks());
    return remarks;
  }
}
