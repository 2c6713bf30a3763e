package dev.braid.driver.source.boxes;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.braid.driver.files.FileContent;
import dev.braid.driver.source.picture.Archive;
import dev.braid.driver.source.row.FoundFiles;
import dev.braid.worker.WrongSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** Files that say which objects are where in which pictures. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.WRAPPER_OBJECT)
@JsonSubTypes({
  @JsonSubTypes.Type(value = Voc.class, name = "voc"),
  @JsonSubTypes.Type(value = Coco.class, name = "coco"),
  @JsonSubTypes.Type(value = YoloText.class, name = "yolo"),
})
public sealed interface BoxFiles permits Voc, Coco, YoloText {

  /** Where they lie: a file, a folder, an archive or a wildcard. */
  String path();

  /** What they end in. */
  String ending();

  /** Whether a picture of which no file tells has no objects, rather than being left out. */
  default boolean silenceIsNone() {
    return false;
  }

  /**
   * The pictures of one file, by their names without folders and endings.
   *
   * @throws IllegalArgumentException where the file cannot be used
   */
  Map<String, MarkedPicture> pictures(String name, String place, byte[] content);

  /**
   * The pictures of all files, by their names without folders and endings.
   *
   * @param setting holds the path, for messages
   */
  default Map<String, MarkedPicture> read(String setting, Configuration hadoop) {
    Map<String, MarkedPicture> pictures = new TreeMap<>();
    for (FileStatus file : FoundFiles.below(setting, path(), hadoop).files()) {
      try (Archive archive = Archive.open(file.getPath(), hadoop)) {
        for (String entry = archive.next(); entry != null; entry = archive.next()) {
          String whole = Archive.nameOf(file.getPath().toString(), entry);
          String name = whole.substring(whole.lastIndexOf('/') + 1);
          if (name.endsWith(ending()) && !FoundFiles.isHidden(name)) {
            add(setting, pictures, whole, found(stem(name), whole, archive.content()));
          }
        }
      } catch (IOException e) {
        throw FileContent.unreadable(file.getPath().toString(), e);
      }
    }
    if (pictures.isEmpty()) {
      throw new WrongSettings(
          "%s: no file there that ends in %s tells of a picture".formatted(setting, ending()));
    }
    return new LinkedHashMap<>(pictures);
  }

  private Map<String, MarkedPicture> found(String name, String place, byte[] content) {
    try {
      return pictures(name, place, content);
    } catch (WrongSettings e) {
      return Map.of(name, MarkedPicture.broken(place, e.getMessage()));
    }
  }

  private static void add(
      String setting,
      Map<String, MarkedPicture> all,
      String place,
      Map<String, MarkedPicture> found) {
    found.forEach(
        (name, picture) -> {
          MarkedPicture before = all.putIfAbsent(name, picture);
          if (before != null) {
            throw new WrongSettings(
                "%s: two files tell of the picture '%s': %s and %s"
                    .formatted(setting, name, before.place(), place));
          }
        });
  }

  /** The names of the pictures in an archive, without folders and endings. */
  static List<String> pictures(Path archive, Configuration hadoop) {
    List<String> names = new ArrayList<>();
    try (Archive entries = Archive.open(archive, hadoop)) {
      for (String name = entries.nextPicture(); name != null; name = entries.nextPicture()) {
        names.add(stem(name));
      }
      return names;
    } catch (IOException e) {
      throw FileContent.unreadable(archive.toString(), e);
    }
  }

  /** A file's name without its folders and its ending. */
  static String stem(String file) {
    String name = file.substring(file.lastIndexOf('/') + 1);
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }
}
