package dev.braid.driver.source.picture;

import dev.braid.driver.files.FileContent;
import dev.braid.driver.files.GivenPath;
import java.io.IOException;
import java.io.Serializable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Which class a file belongs to by the folders it lies in: that of the folder right below the path
 * of the settings, however deep it lies in it; where the path names the files or their folders
 * themselves by a wildcard, that of the folder they lie in.
 *
 * @param depth folders above what the path matches
 * @param wildcard which part of the path may match several
 */
public record ClassFolders(int depth, Wildcard wildcard) implements Serializable {
  private static final Pattern SEVERAL = Pattern.compile("[*?\\[{]");

  /** Which part of a path holds a wildcard. */
  enum Wildcard {
    NONE,
    /** The last one alone. */
    LAST,
    IN_FOLDERS;

    static Wildcard in(String path) {
      Matcher first = SEVERAL.matcher(path);
      if (!first.find()) {
        return NONE;
      }
      return path.indexOf('/', first.start()) < 0 ? LAST : IN_FOLDERS;
    }
  }

  /** Of the files of a path. */
  public static ClassFolders of(String path, Configuration hadoop) {
    try {
      Path where = GivenPath.of(path);
      Path whole = where.getFileSystem(hadoop).makeQualified(where);
      return new ClassFolders(whole.depth(), Wildcard.in(path));
    } catch (IOException e) {
      throw FileContent.unreadable(path, e);
    }
  }

  /** The class of a file, whether or not it lies in a folder of its own class. */
  public String of(Path file) {
    Path folder = file.getParent();
    while (folder.depth() > depth + 1) {
      folder = folder.getParent();
    }
    return folder.getName();
  }

  /** Whether a file lies beside the folders of classes, in none of them. */
  public boolean isOutside(Path file) {
    return wildcard == Wildcard.NONE && file.depth() <= depth + 1;
  }

  /** Whether the path may match several files or folders. */
  boolean isWildcard() {
    return wildcard != Wildcard.NONE;
  }

  /** The class of all that lies in no folder of an archive, which has the class's name itself. */
  String ofArchive(Path archive) {
    return wildcard == Wildcard.IN_FOLDERS ? of(archive) : Archive.plainName(archive.getName());
  }
}
