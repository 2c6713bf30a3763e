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

  /** Whether this JVM has the Vector API. */
  static boolean hasVector() {
    return ModuleLayer.boot().findModule(VECTOR).isPresent();
  }
}
