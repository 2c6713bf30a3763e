package dev.braid.driver.checkpoint;

import dev.braid.worker.WrongSettings;

/** A checkpoint was written by a Braid that is newer than this one. */
final class NewerVersion extends WrongSettings {
  private static final long serialVersionUID = 1;

  NewerVersion(int version, int known) {
    super(
        "it has version %d and this Braid reads up to %d; go on with the Braid that wrote it"
            .formatted(version, known));
  }
}
