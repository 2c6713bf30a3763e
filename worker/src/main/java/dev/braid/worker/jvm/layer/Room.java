package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.Floats;

/** Memory for what a layer computes besides its result; its contents are whatever was there. */
public interface Room {
  /** Floats that stay as they are from a mini-batch's forward pass to the end of its backward. */
  Floats kept(long size);

  /** Floats for the time of one call, forward or backward. */
  Floats scratch(long size);
}
