package dev.braid.driver.checkpoint;

import java.util.Optional;
import org.apache.hadoop.fs.Path;

/** A folder cannot be written to, because another run does. */
public final class FolderInUse extends IllegalStateException {
  private static final long serialVersionUID = 1;

  private FolderInUse(String message) {
    super(message);
  }

  /**
   * @param owner empty where it is about to say who it is
   */
  static FolderInUse by(Optional<LockOwner> owner, Path lock) {
    return new FolderInUse(
        "%s is in use by %s; wait until it has ended, or choose another --output (if it is gone for good, remove %s)"
            .formatted(
                lock.getParent(),
                owner.map(LockOwner::sentence).orElse("a run that has just begun"),
                lock));
  }
}
