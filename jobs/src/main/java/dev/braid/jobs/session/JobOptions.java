package dev.braid.jobs.session;

import static dev.braid.worker.Check.require;

import dev.braid.jobs.settings.SettingsFile;
import dev.braid.worker.WrongSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A job file on the command line, what is changed in it, and where it runs. */
public class JobOptions extends Session {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

  @Parameters(
      index = "0+",
      paramLabel = "JOB.yaml",
      description = "The job file, local or hdfs:// or of any other Hadoop file system.")
  private String file;

  @Option(
      names = "--set",
      paramLabel = "path.to.key=value",
      description =
          "Use another value for a setting, in YAML; entries of lists count from 0: --set"
              + " network.layers.0.convolution.filters=32")
  private List<String> assignments = List.of();

  /**
   * The job file with its changes applied.
   *
   * @param more changes after those of the command line
   */
  public final SettingsFile read(String... more) {
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
    try (FSDataInputStream in = open(path)) {
      return SettingsFile.of(file, in.readAllBytes(), assignments);
    } catch (IOException e) {
      throw new WrongSettings(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static FSDataInputStream open(org.apache.hadoop.fs.Path path) throws IOException {
    FileSystem files = path.getFileSystem(Session.hadoop());
    require(files.exists(path), "%s: no such file", path);
    return files.open(path);
  }

  /**
   * The folder of a run's results: as the command line or the job file says, else a new one.
   *
   * @param given on the command line; null where it is not
   * @param configured in the job file; null where it is not
   */
  public final String folder(String given, String configured) {
    String named = given != null ? given : configured;
    return named != null
        ? named
        : "runs/" + name() + "-" + LocalDateTime.now(ZoneId.systemDefault()).format(TIME);
  }

  /** The file's name without folder and ending. */
  public final String name() {
    return file.replaceFirst(".*/", "").replaceFirst("\\.ya?ml$", "");
  }

  /** The command and the name of its job, as in {@code train mnist}. */
  public final String title() {
    return command() + " " + name();
  }

  /** Starts Spark for the job; the caller closes it. */
  public final SparkSession open() {
    return open(title());
  }
}
