package dev.braid.driver.source.picture;

import java.util.List;
import org.apache.hadoop.fs.Path;

/**
 * Which class a picture in an archive belongs to. An archive is read like the folder it was made
 * of, whether or not that folder's own name stands in front of all its files: folders that all
 * pictures share are passed over, the next one is the class; where all lie in the same folder, that
 * one is. An archive that lies in the folder of a class itself belongs to it as a whole.
 *
 * @param depth folders that are passed over
 * @param all the class of all that is in the archive, if it is one; null otherwise
 */
public record ArchiveFolders(int depth, String all) {

  /**
   * Of an archive.
   *
   * @param pictures their names in it
   * @param classes by which folder a file has its class
   */
  static ArchiveFolders of(List<String> pictures, Path archive, ClassFolders classes) {
    if (!classes.isWildcard() && !classes.isOutside(archive)) {
      return new ArchiveFolders(0, classes.of(archive));
    }
    int deepest = 0;
    String[] shared = null;
    int numShared = 0;
    for (String picture : pictures) {
      String[] folders = folders(picture);
      deepest = Math.max(deepest, folders.length);
      numShared = shared == null ? folders.length : numAlike(shared, folders, numShared);
      shared = shared == null ? folders : shared;
    }
    if (deepest == 0) {
      return new ArchiveFolders(0, classes.ofArchive(archive));
    }
    return new ArchiveFolders(numShared == deepest ? deepest - 1 : numShared, null);
  }

  private static int numAlike(String[] a, String[] b, int atMost) {
    int count = 0;
    while (count < Math.min(atMost, b.length) && a[count].equals(b[count])) {
      count++;
    }
    return count;
  }

  private static String[] folders(String picture) {
    String name = picture.replaceFirst("^(\\./|/)+", "");
    int end = name.lastIndexOf('/');
    return end < 0 ? new String[0] : name.substring(0, end).split("/+");
  }

  /** The class of a picture; null where it lies beside the folders of classes, in none of them. */
  String classOf(String picture) {
    String[] folders = folders(picture);
    return all != null ? all : folders.length > depth ? folders[depth] : null;
  }
}
