package dev.braid.worker.network;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What becomes of the outputs of first layers that never learn.
 *
 * @param compute when they are computed; once if left out
 * @param folder where they are stored for later runs, on any file system Hadoop knows; {@code
 *     runs/features} if left out
 */
public record FrozenFeatures(Compute compute, String folder) {

  /** When frozen layers compute. */
  public enum Compute {
    /** In one pass before the first round. */
    @JsonProperty("once")
    ONCE,
    /** In each pass of the training, as layers that learn do. */
    @JsonProperty("everyPass")
    EVERY_PASS
  }

  /** Computed once and stored. */
  public static final FrozenFeatures DEFAULT = new FrozenFeatures(null, null);

  public FrozenFeatures {
    compute = compute == null ? Compute.ONCE : compute;
    folder = folder == null ? "runs/features" : folder;
    require(!folder.isBlank(), "features.folder is empty");
  }
}
