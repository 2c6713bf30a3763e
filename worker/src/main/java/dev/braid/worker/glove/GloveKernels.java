package dev.braid.worker.glove;

import static dev.braid.worker.Check.require;

import dev.braid.worker.embedding.skipgram.SkipGramKernels;
import java.lang.reflect.InvocationTargetException;

/** Makes the kernel that {@link SkipGramKernels#choose} has named. */
public final class GloveKernels {
  private GloveKernels() {}

  /**
   * A kernel for one task.
   *
   * @param name {@link SkipGramKernels#PLAIN} or {@link SkipGramKernels#VECTOR}
   * @throws IllegalArgumentException if there is none of this name
   * @throws IllegalStateException if this JVM cannot run what the driver chose
   */
  public static GloveKernel create(String name) {
    if (name.equals(SkipGramKernels.PLAIN)) {
      return new PlainGloveKernel();
    }
    require(
        name.equals(SkipGramKernels.VECTOR),
        "kernel must be %s or %s, got '%s'",
        SkipGramKernels.VECTOR,
        SkipGramKernels.PLAIN,
        name);
    SkipGramKernels.Choice here = SkipGramKernels.choose();
    if (!here.name().equals(name)) {
      throw new IllegalStateException(
          "kernel 'vector' was chosen but cannot run here: "
              + here.reason()
              + "; every executor needs '--add-modules jdk.incubator.vector' in"
              + " spark.executor.extraJavaOptions, or set kernel to plain");
    }
    return createVector();
  }

  /** By name, since it is compiled apart: only its class needs the incubator module. */
  private static GloveKernel createVector() {
    try {
      return Class.forName("dev.braid.worker.glove.VectorGloveKernel")
          .asSubclass(GloveKernel.class)
          .getDeclaredConstructor()
          .newInstance();
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the vector kernel is missing from this build", e);
    }
  }
}
