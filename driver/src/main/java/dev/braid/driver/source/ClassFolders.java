package dev.braid.driver.source;

import java.io.IOException;
import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Which class a file belongs to by the folders it lies in: that of the folder right below the path
 * of the settings, however deep it lies in it; where the path names the files or their folders
 * themselves by a wildcard, that of the folder they lie in.
 *
 * @param depth folders above what the path matches
 * @param wildcard whether the path may match several
 */
record ClassFolders(int depth, boolean wildcard) implements Serializable {

  /** Of the files of a path. */
  static ClassFolders of(String path, Configuration hadoop) {
    try {
      Path where = new Path(path);
      Path whole = where.getFileSystem(hadoop).makeQualified(where);
      return new ClassFolders(whole.depth(), path.matches(".*[*?\\[{].*"));
    } catch (IOException e) {
      throw Inspection.unreadable(path, e);
    }
  }

  /** The class of a file, whether or not it lies in a folder of its own class. */
  String of(Path file) {
    Path folder = file.getParent();
    while (folder.depth() > depth + 1) {
      folder = folder.getParent();
    }
    return folder.getName();
  }

  /** Whether a file lies beside the folders of classes, in none of them. */
  boolean isOutside(Path file) {
    return !wildcard && file.depth() <= depth + 1;
  }
}
