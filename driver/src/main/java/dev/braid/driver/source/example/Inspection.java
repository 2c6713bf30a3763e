package dev.braid.driver.source.example;

import static dev.braid.worker.Check.require;

import dev.braid.driver.source.row.FoundFiles;
import dev.braid.worker.encoding.InputEncoding;
import dev.braid.worker.task.ClassCodec;
import dev.braid.worker.task.LabelFacts;
import dev.braid.worker.task.Task;
import dev.braid.worker.task.Tasks;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;

/**
 * A look at the files of one source before Spark reads them.
 *
 * @param hadoop knows the file systems
 * @param setting path of the source's section in the job file, for messages
 * @param task what the settings say is to be predicted
 * @param training for a test or validation source what is known of the training source
 * @param maxBytes of text to look at, row by row; the rest is checked when it is read
 * @param encodings of the inputs of the model that the training goes on from; empty for none
 * @param skipsBroken whether rows that cannot be read are passed over, as the run may leave some
 *     out
 * @param beside columns that say something of rows and are no inputs unless named as such
 * @param classes by output those that the settings state
 */
public record Inspection(
    Configuration hadoop,
    String setting,
    Optional<Task> task,
    Optional<SourceFacts> training,
    long maxBytes,
    boolean skipsBroken,
    List<InputEncoding> encodings,
    Beside beside,
    Map<String, List<String>> classes) {
  private static final long MAX_BYTES = 16 << 20;

  /** A look before reading. */
  public Inspection(
      Configuration hadoop, String setting, Optional<Task> task, Optional<SourceFacts> training) {
    this(hadoop, setting, task, training, MAX_BYTES, false, List.of(), Beside.NONE, Map.of());
  }

  /** A look without expectations. */
  public static Inspection of(Configuration hadoop) {
    return new Inspection(hadoop, "data", Optional.empty(), Optional.empty());
  }

  /** The same, passing over rows that cannot be read or not. */
  public Inspection skippingBroken(boolean skipsBroken) {
    return new Inspection(
        hadoop, setting, task, training, maxBytes, skipsBroken, encodings, beside, classes);
  }

  /** The same for a training that goes on from a model whose inputs are encoded so. */
  public Inspection goingOnFrom(List<InputEncoding> encodings) {
    return new Inspection(
        hadoop, setting, task, training, maxBytes, skipsBroken, encodings, beside, classes);
  }

  /** The same with columns that say something of rows. */
  public Inspection with(Beside beside) {
    return new Inspection(
        hadoop, setting, task, training, maxBytes, skipsBroken, encodings, beside, classes);
  }

  /** The same where the settings state classes, by the output's name. */
  public Inspection stating(Map<String, List<String>> classes) {
    return new Inspection(
        hadoop, setting, task, training, maxBytes, skipsBroken, encodings, beside, classes);
  }

  /** What is to be predicted, where the settings say it: classes where they state these. */
  public Optional<Task> task(String output) {
    return classes.containsKey(output)
        ? task.or(() -> Optional.of(Tasks.suggestedBy(LabelFacts.ofNames())))
        : task;
  }

  /**
   * Labels with the classes that the settings state in the place of those that occur.
   *
   * @throws IllegalArgumentException naming a class that occurs and is none of them
   */
  public Labels stated(Labels found) {
    List<String> stated = classes.get(found.name());
    if (stated == null) {
      return found;
    }
    for (String name : found.classes()) {
      require(
          skipsBroken || stated.contains(name),
          "%s: %s",
          setting,
          ClassCodec.unknown(name, stated));
    }
    return new Labels(found.name(), found.task(), found.width(), stated);
  }

  /**
   * Refuses a setting that says otherwise than what is known without it.
   *
   * @param given what it says; null for nothing
   * @param source of what is known, such as "the model takes"
   */
  public static void requireAlike(String setting, Object given, Object known, String source) {
    require(
        given == null || given.equals(known),
        "%s is %s, but %s %s; leave it out",
        setting,
        given,
        source,
        known);
  }

  /**
   * The files of a path, sorted: the file itself, what a wildcard matches, all below a folder that
   * is not hidden.
   *
   * @param key the setting that holds the path
   * @throws IllegalArgumentException if there are none
   */
  public List<FileStatus> files(String key, String path) {
    return find(key, path).files();
  }

  /**
   * The files of a path with those that are left out.
   *
   * @param key the setting that holds the path
   * @throws IllegalArgumentException if there are none to be read
   */
  public FoundFiles find(String key, String path) {
    return FoundFiles.below(setting + "." + key, path, hadoop);
  }
}
