package dev.braid.worker.embedding.skipgram;

import static dev.braid.worker.Check.require;

import java.lang.reflect.InvocationTargetException;

/**
 * The one place where the kernel is chosen. The driver chooses; its choice travels to the tasks.
 */
public final class SkipGramKernels {
  /** Plain loops. */
  public static final String PLAIN = "plain";

  /** JDK Vector API, 8 lanes. */
  public static final String VECTOR = "vector";

  private static final String ADD_MODULES = "--add-modules jdk.incubator.vector";

  private SkipGramKernels() {}

  /**
   * A kernel's name and why it was taken.
   *
   * @param name {@link #PLAIN} or {@link #VECTOR}
   * @param reason one sentence for the log
   */
  public record Choice(String name, String reason) {}

  /** The fastest kernel this JVM can run. */
  public static Choice choose() {
    try {
      createVector();
      return new Choice(VECTOR, "the JVM has the Vector API and the CPU 256-bit vectors");
    } catch (UnsupportedOperationException e) {
      return new Choice(PLAIN, e.getMessage());
    }
  }

  /**
   * A kernel for one task.
   *
   * @throws IllegalArgumentException if there is none of this name
   * @throws IllegalStateException if this JVM cannot run what the driver chose
   */
  static SkipGramKernel create(String name) {
    if (name.equals(PLAIN)) {
      return new PlainSkipGramKernel();
    }
    require(name.equals(VECTOR), "kernel must be %s or %s, got '%s'", VECTOR, PLAIN, name);
    try {
      return createVector();
    } catch (UnsupportedOperationException e) {
      throw new IllegalStateException(
          "kernel 'vector' was chosen but cannot run here: "
              + e.getMessage()
              + "; every executor needs '"
              + ADD_MODULES
              + "' in spark.executor.extraJavaOptions, or set kernel to plain",
          e);
    }
  }

  /** By name, since it is compiled apart: only its class needs the incubator module. */
  private static SkipGramKernel createVector() {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      throw new UnsupportedOperationException("the JVM was started without " + ADD_MODULES);
    }
    try {
      return Class.forName("dev.braid.worker.embedding.skipgram.VectorSkipGramKernel")
          .asSubclass(SkipGramKernel.class)
          .getDeclaredConstructor()
          .newInstance();
    } catch (InvocationTargetException e) {
      throw new UnsupportedOperationException(e.getCause().getMessage(), e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the vector kernel is missing from this build", e);
    }
  }
}
