package dev.braid.worker.torch.runtime;

import dev.braid.worker.blas.OneOpenBlas;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.openblas.presets.openblas_nolapack;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.global.torch;

/** How libtorch is called: one thread, native memory freed after each call, readable errors. */
public final class Native {
  private static final Pattern TRACED_ERROR =
      Pattern.compile("^(?:[\\w.]*\\.)?\\w*(?:Error|Exception): (.*)$", Pattern.MULTILINE);

  private static final Pattern TRACED_PLACE =
      Pattern.compile("^(.*)\\R[ ~]*<--- HERE$", Pattern.MULTILINE);

  private static final ThreadLocal<Boolean> PREPARED =
      ThreadLocal.withInitial(
          () -> {
            load();
            torch.set_num_threads(1);
            return true;
          });

  static {
    // JavaCPP would otherwise refuse to work when the process is larger than twice the Java heap.
    if (System.getProperty("org.bytedeco.javacpp.maxphysicalbytes") == null) {
      System.setProperty("org.bytedeco.javacpp.maxphysicalbytes", "0");
    }
  }

  private Native() {}

  private static void load() {
    try {
      OneOpenBlas.load();
      Loader.load(torch.class);
    } catch (LinkageError e) {
      throw new IllegalStateException(
          "libtorch cannot be loaded on %s %s: it is there for linux-x86_64 and needs 450 MB in %s"
              .formatted(
                  System.getProperty("os.name"),
                  System.getProperty("os.arch"),
                  System.getProperty("org.bytedeco.javacpp.cachedir", "~/.javacpp/cache")),
          e);
    }
    openblas_nolapack.blas_set_num_threads(1);
  }

  /** Limits libtorch to this thread: cores are used by tasks, results do not depend on them. */
  public static void prepareThread() {
    PREPARED.get();
  }

  /** The result of {@code work}, whose native memory is free afterwards. */
  public static <T> T scoped(int batchSize, Supplier<T> work) {
    prepareThread();
    PointerScope scope = new PointerScope();
    try {
      return work.get();
    } catch (RuntimeException e) {
      throw explain(e, "behind the last layer", batchSize);
    } finally {
      scope.close();
    }
  }

  /** {@link #scoped}, and libtorch keeps nothing for a gradient. */
  public static <T> T scopedWithoutGradients(int batchSize, Supplier<T> work) {
    return scoped(
        batchSize,
        () -> {
          NoGradGuard guard = new NoGradGuard();
          try {
            return work.get();
          } finally {
            guard.close();
          }
        });
  }

  /**
   * An error of libtorch in words for the person who wrote the job file; other errors as they are.
   *
   * @param where it happened
   */
  public static RuntimeException explain(RuntimeException error, String where, int batchSize) {
    if (error.getClass() != RuntimeException.class) {
      return error;
    }
    String message = String.valueOf(error.getMessage());
    String cause = cause(error);
    if (message.contains("can't allocate memory") || message.contains("not enough memory")) {
      return new IllegalStateException(
          "not enough native memory "
              + where
              + " for a mini-batch of "
              + batchSize
              + " examples; use a smaller batchSize, fewer tasks at once, or more memory outside"
              + " the Java heap (spark.executor.memoryOverhead). libtorch says: "
              + cause,
          error);
    }
    return new IllegalStateException("libtorch failed " + where + ": " + cause, error);
  }

  /**
   * What libtorch says went wrong: the first line, but of a traceback of TorchScript's the last
   * error's, and the line of the module's code where it happened.
   */
  public static String cause(Exception error) {
    String message = String.valueOf(error.getMessage());
    Matcher errors = TRACED_ERROR.matcher(message);
    String cause = null;
    while (errors.find()) {
      cause = errors.group(1);
    }
    if (cause == null) {
      return message.lines().findFirst().orElse("");
    }
    Matcher places = TRACED_PLACE.matcher(message);
    String place = "";
    while (places.find()) {
      place = ", in its line: " + places.group(1).strip();
    }
    return cause + place;
  }
}
