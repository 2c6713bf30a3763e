package dev.braid.jobs;

import dev.braid.jobs.settings.SettingsFile;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A job file on the command line, and what is changed in it. */
public final class JobOptions {
  @Parameters(index = "0+", paramLabel = "JOB.yaml", description = "The job file.")
  private Path file;

  @Option(
      names = "--set",
      paramLabel = "path.to.key=value",
      description = {
        "Use another value for a setting, in YAML; entries of lists count from 0:",
        "--set network.layers.0.convolution.filters=32"
      })
  private List<String> assignments = List.of();

  /** The job file with its changes applied. */
  public SettingsFile read() {
    return SettingsFile.read(file, assignments);
  }

  /** The file's name without folder and ending. */
  public String name() {
    return file.getFileName().toString().replaceFirst("\\.ya?ml$", "");
  }
}
