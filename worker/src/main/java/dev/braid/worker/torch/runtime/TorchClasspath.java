package dev.braid.worker.torch.runtime;

import dev.braid.worker.Library;

/** Whether libtorch is on the classpath: a jar of Braid may be built without it. */
public final class TorchClasspath {
  private static final Library LIBTORCH =
      new Library(
          "libtorch",
          "org/bytedeco/pytorch/global/torch.class",
          "-Pjvm, or a network of layers and engine: jvm");

  private TorchClasspath() {}

  /** Whether networks can be run on libtorch here. */
  public static boolean isHere() {
    return LIBTORCH.isHere();
  }

  /**
   * Does nothing where libtorch is here.
   *
   * @param what needs it, as a job file says it
   * @throws IllegalArgumentException where it is not
   */
  public static void requireHere(String what) {
    LIBTORCH.requireHere(what);
  }
}
