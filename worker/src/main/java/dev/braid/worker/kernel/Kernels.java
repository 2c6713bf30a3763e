package dev.braid.worker.kernel;

import static dev.braid.worker.Check.require;

import java.lang.reflect.InvocationTargetException;
import java.util.function.Supplier;

/** The one place where kernels are chosen. The driver chooses; its choice travels to the tasks. */
public final class Kernels {
  /** Plain loops. */
  public static final String PLAIN = "plain";

  /** JDK Vector API. */
  public static final String VECTOR = "vector";

  private static final String ADD_MODULES = "--add-modules jdk.incubator.vector";

  private Kernels() {}

  /**
   * A kernel's name and why it was taken.
   *
   * @param name {@link #PLAIN} or {@link #VECTOR}
   * @param reason one sentence for the log
   */
  public record Choice(String name, String reason) {}

  /**
   * The fastest kernels of a kind that this JVM can run.
   *
   * @param kind beside which lies the kernel on the Vector API, with "Vector" before its name
   */
  public static Choice choose(Class<?> kind) {
    if (!compilesVectors()) {
      return new Choice(
          PLAIN,
          "the JVM was started without its optimising compiler, which alone makes instructions of"
              + " vectors; leave out -XX:TieredStopAtLevel and -Xint");
    }
    try {
      vector(kind);
      return new Choice(VECTOR, "the JVM has the Vector API and the CPU vectors wide enough");
    } catch (UnsupportedOperationException e) {
      return new Choice(PLAIN, e.getMessage());
    }
  }

  /** Whether this JVM compiles vectors instead of making an object of each: HotSpot with C2. */
  private static boolean compilesVectors() {
    String mode = System.getProperty("java.vm.info", "");
    return !mode.contains("emulated-client") && !mode.contains("interpreted");
  }

  /**
   * A kernel for one task.
   *
   * @param kind beside which lies the kernel on the Vector API, with "Vector" before its name
   * @param plain makes the one of plain loops
   * @throws IllegalArgumentException if there is none of this name
   * @throws IllegalStateException if this JVM cannot run what the driver chose
   */
  public static <K> K create(String name, Class<K> kind, Supplier<K> plain) {
    if (name.equals(PLAIN)) {
      return plain.get();
    }
    require(name.equals(VECTOR), "kernel must be %s or %s, got '%s'", VECTOR, PLAIN, name);
    try {
      return kind.cast(vector(kind));
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
  private static Object vector(Class<?> kind) {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      throw new UnsupportedOperationException("the JVM was started without " + ADD_MODULES);
    }
    try {
      String className = kind.getPackageName() + ".Vector" + kind.getSimpleName();
      var constructor = Class.forName(className).getDeclaredConstructor();
      constructor.setAccessible(true); // in a package of its own, like what asks for it
      return constructor.newInstance();
    } catch (InvocationTargetException e) {
      throw new UnsupportedOperationException(e.getCause().getMessage(), e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the vector kernel is missing from this build", e);
    }
  }
}
