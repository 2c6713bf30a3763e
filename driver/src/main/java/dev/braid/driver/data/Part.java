package dev.braid.driver.data;

import dev.braid.worker.Spelling;
import dev.braid.worker.WrongSettings;
import java.util.List;

/** A part of a run's data; in the order in which those are drawn that are shares of one source. */
public enum Part {
  /** The examples it is scored on after each epoch, without learning from them: validation. */
  DEV("dev"),
  /** Examples of the training part's own kind that it does not learn from. */
  TRAIN_DEV("trainDev"),
  /** The examples the finished model is scored on. */
  TEST("test"),
  /** The examples it learns from. */
  TRAIN("train");

  /** All parts, from what is learned from to what is held out longest. */
  public static final List<Part> FROM_TRAIN_TO_TEST = List.of(TRAIN, TRAIN_DEV, DEV, TEST);

  /** What the development part is called where the job file names no parts. */
  private static final String VALIDATION = "validation";

  private final String key;

  Part(String key) {
    this.key = key;
  }

  /** What job files, results and {@code --part} call it. */
  public String key() {
    return key;
  }

  /** What it is called in sentences, and where the job file names no parts. */
  public String word() {
    return this == DEV ? VALIDATION : key;
  }

  /**
   * The part of this name, whatever the case of its letters; validation is another name of dev.
   *
   * @throws IllegalArgumentException naming the nearest that there is
   */
  public static Part named(String name) {
    for (Part part : values()) {
      if (part.key.equalsIgnoreCase(name) || part.word().equalsIgnoreCase(name)) {
        return part;
      }
    }
    List<String> known = List.of("train", "trainDev", "dev", VALIDATION, "test");
    throw new WrongSettings(
        "there is no part '%s'%s known parts: %s"
            .formatted(
                name,
                Spelling.nearest(name, known).map("; did you mean '%s'?"::formatted).orElse(";"),
                String.join(", ", known)));
  }
}
