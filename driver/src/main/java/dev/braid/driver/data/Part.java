package dev.braid.driver.data;

import dev.braid.driver.source.Source;
import java.util.Locale;

/** A part of a run's data. */
public enum Part {
  /** The examples it learns from, without those that are kept aside for validation. */
  TRAIN,
  /** The examples it is scored on after each epoch: a source of their own, or those kept aside. */
  VALIDATION,
  /** The examples the finished model is scored on. */
  TEST;

  /** Where the examples of this part lie, perhaps among others; null where there are none. */
  public Source source(DataSettings data) {
    return switch (this) {
      case TRAIN -> data.train();
      case TEST -> data.test();
      case VALIDATION ->
          data.validation() instanceof ValidationPart.Own own
              ? own.source()
              : data.validation() == null ? null : data.train();
    };
  }

  /** Whether a seed says which examples of the source belong to this part. */
  public boolean isDrawn(DataSettings data) {
    return this != TEST && data.validation() instanceof ValidationPart.Share;
  }

  /** Its place in a job file. */
  public String setting() {
    return "data." + name().toLowerCase(Locale.ROOT);
  }
}
