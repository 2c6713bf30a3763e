package dev.braid.worker.torch.runtime;

import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/**
 * libtorch in this process.
 *
 * @param onClasspath whether it is on the classpath at all
 * @param problem why it cannot be loaded; empty when it can
 * @param library the file it was loaded from
 * @param oneDnn whether convolutions and products can go to oneDNN
 * @param seconds that loading took, unpacking included
 */
public record TorchFacts(
    boolean onClasspath, String problem, String library, boolean oneDnn, double seconds) {

  /** Loads libtorch, where it is on the classpath, and looks. */
  public static TorchFacts here() {
    if (!TorchClasspath.isHere()) {
      return new TorchFacts(false, "", "", false, 0);
    }
    long begin = System.nanoTime();
    try {
      Native.prepareThread();
      return new TorchFacts(
          true, "", Loader.load(torch.class), torch.hasMKLDNN(), (System.nanoTime() - begin) / 1e9);
    } catch (IllegalStateException | LinkageError e) {
      return new TorchFacts(true, String.valueOf(e.getMessage()), "", false, 0);
    }
  }
}
