package dev.braid.driver.inference.output;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * Where predictions go and how they are written.
 *
 * @param folder holds {@code predictions}, {@code quarantine} and {@code summary.json}
 * @param format parquet if left out
 * @param probabilities which of the classes' probabilities; all if left out
 * @param append whether the folder may hold the results of earlier runs, which stay; false if left
 *     out
 */
public record OutputSettings(
    String folder, Format format, Probabilities probabilities, Boolean append) {
  public OutputSettings {
    format = format == null ? Format.PARQUET : format;
    probabilities = probabilities == null ? Probabilities.ALL : probabilities;
    append = append != null && append;
    require(folder == null || !folder.isBlank(), "output.folder must not be blank");
  }

  /** Into a folder, with all else left to its default. */
  public static OutputSettings of(String folder) {
    return new OutputSettings(folder, null, null, null);
  }

  /** File formats. */
  public enum Format {
    /** With lists as lists. */
    @JsonProperty("parquet")
    PARQUET,
    /** With a header; lists are written as JSON. */
    @JsonProperty("csv")
    CSV,
    /** An object a line. */
    @JsonProperty("json")
    JSON;

    public String sparkName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
