package dev.braid.worker.dl4j.nd4j;

import dev.braid.worker.Library;

/** Whether DL4J is on the classpath: a jar of Braid may be built without it. */
public final class Dl4jClasspath {
  private static final Library DL4J =
      new Library(
          "DL4J",
          "org/deeplearning4j/nn/multilayer/MultiLayerNetwork.class",
          "-Pwithout-dl4j and -Pjvm, or a network of layers");

  private Dl4jClasspath() {}

  /** Whether DL4J's networks can be read, written and run here. */
  public static boolean isHere() {
    return DL4J.isHere();
  }

  /**
   * Does nothing where DL4J is here.
   *
   * @param what needs it, as a job file says it
   * @throws IllegalArgumentException where it is not
   */
  public static void requireHere(String what) {
    DL4J.requireHere(what);
  }
}
