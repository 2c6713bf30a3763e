package dev.braid.jobs;

import static dev.braid.worker.Check.require;

import dev.braid.worker.model.Model;
import dev.braid.worker.model.ModelFile;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Model files on any file system Hadoop knows. */
final class Models {
  private Models() {}

  /**
   * Reads a model.
   *
   * @param path of the file, or of the folder of the run that trained it
   * @throws IllegalArgumentException when there is none or it is damaged
   */
  static Model read(String path, Configuration hadoop) {
    Path file = new Path(path);
    try {
      FileSystem files = file.getFileSystem(hadoop);
      require(files.exists(file), "%s: no such file", path);
      if (files.getFileStatus(file).isDirectory()) {
        file = new Path(file, "model.zip");
        require(files.exists(file), "%s: no such file", file);
      }
      return ModelFile.read(files.open(file), files.getFileStatus(file).getLen());
    } catch (IOException e) {
      throw new IllegalArgumentException(path + ": cannot be read: " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw e.getMessage().startsWith(path)
          ? e
          : new IllegalArgumentException(path + ": " + e.getMessage(), e);
    }
  }

  /**
   * All bytes of a file that a network is to be taken from.
   *
   * @throws IllegalArgumentException when it cannot be read
   */
  static byte[] bytes(String path, Configuration hadoop) {
    Path file = new Path(path);
    try {
      FileSystem files = file.getFileSystem(hadoop);
      require(files.exists(file), "%s: no such file", path);
      require(files.getFileStatus(file).isFile(), "%s: not a file", path);
      try (InputStream in = files.open(file)) {
        return in.readAllBytes();
      }
    } catch (IOException e) {
      throw new IllegalArgumentException(path + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
