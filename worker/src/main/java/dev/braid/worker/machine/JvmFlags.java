package dev.braid.worker.machine;

import java.util.List;

/** The flags a JVM that runs Braid on Spark needs; conf/jvm.options gives them. */
public final class JvmFlags {
  /** The module that the kernels compute with. */
  public static final String VECTOR = "jdk.incubator.vector";

  /** Packages of java.base that Spark reaches into by reflection. */
  public static final List<String> OPENED =
      List.of(
          "java.lang",
          "java.lang.invoke",
          "java.lang.reflect",
          "java.io",
          "java.net",
          "java.nio",
          "java.util",
          "java.util.concurrent",
          "java.util.concurrent.atomic",
          "sun.nio.ch",
          "sun.nio.cs",
          "sun.security.action",
          "sun.util.calendar");

  private JvmFlags() {}

  /** The flag that opens a package. */
  public static String opening(String name) {
    return "--add-opens=java.base/" + name + "=ALL-UNNAMED";
  }

  /** Those of {@link #OPENED} that are closed in this JVM. */
  static List<String> closed() {
    Module base = Object.class.getModule();
    Module ours = JvmFlags.class.getModule();
    return OPENED.stream().filter(name -> !base.isOpen(name, ours)).toList();
  }

  /** The width of the vectors that kernels compute with here; 0 without the Vector API. */
  static int vectorBits() {
    if (ModuleLayer.boot().findModule(VECTOR).isEmpty()) {
      return 0;
    }
    try { // by name: without the module these classes could not be linked
      Class<?> floats = Class.forName(VECTOR + ".FloatVector");
      Object species = floats.getField("SPECIES_PREFERRED").get(null);
      Class<?> kind = Class.forName(VECTOR + ".VectorSpecies");
      return (int) kind.getMethod("vectorBitSize").invoke(species);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the Vector API of this Java is another", e);
    }
  }
}
