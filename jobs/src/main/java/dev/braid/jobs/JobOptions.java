package dev.braid.jobs;

import dev.braid.jobs.settings.SettingsFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A job file on the command line, and what is changed in it. */
public final class JobOptions {
  @Parameters(
      index = "0+",
      paramLabel = "JOB.yaml",
      description = "The job file, local or hdfs:// or of any other Hadoop file system.")
  private String file;

  @Option(
      names = "--set",
      paramLabel = "path.to.key=value",
      description = {
        "Use another value for a setting, in YAML; entries of lists count from 0:",
        "--set network.layers.0.convolution.filters=32"
      })
  private List<String> assignments = List.of();

  /**
   * The job file with its changes applied.
   *
   * @param more changes after those of the command line
   */
  public SettingsFile read(String... more) {
    return file(file, Stream.concat(assignments.stream(), Stream.of(more)).toList());
  }

  /** A job file that another one names. */
  public static SettingsFile file(String file) {
    return file(file, List.of());
  }

  private static SettingsFile file(String file, List<String> assignments) {
    if (!file.matches("[a-z][a-z0-9+.-]+:.*")) {
      return SettingsFile.read(Path.of(file), assignments);
    }
    var path = new org.apache.hadoop.fs.Path(file);
    try (InputStream in = path.getFileSystem(Session.hadoop()).open(path)) {
      return SettingsFile.of(file, in.readAllBytes(), assignments);
    } catch (IOException e) {
      throw new IllegalArgumentException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** The file's name without folder and ending. */
  public String name() {
    return file.replaceFirst(".*/", "").replaceFirst("\\.ya?ml$", "");
  }
}
