package dev.braid.driver.files;

import dev.braid.worker.WrongSettings;
import org.apache.hadoop.fs.Path;

/** A path as a person has written it. */
public final class GivenPath {
  private GivenPath() {}

  /**
   * Hadoop's path of it.
   *
   * @throws WrongSettings when no path is written so
   */
  public static Path of(String written) {
    try {
      return new Path(written);
    } catch (IllegalArgumentException e) {
      throw new WrongSettings(
          "'%s' is no path: write FOLDER/FILE, ./A:B for a colon in a name, or SCHEME://HOST/PATH"
              .formatted(written),
          e);
    }
  }
}
