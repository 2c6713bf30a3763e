package dev.braid.worker.dl4j.nd4j;

import static dev.braid.worker.Check.require;

/** Whether DL4J is on the classpath: a jar of Braid may be built without it. */
public final class Dl4jClasspath {
  private static final String CLASS = "org/deeplearning4j/nn/multilayer/MultiLayerNetwork.class";

  private Dl4jClasspath() {}

  /** Whether DL4J's networks can be read, written and run here. */
  public static boolean isHere() {
    return Dl4jClasspath.class.getClassLoader().getResource(CLASS) != null;
  }

  /**
   * Does nothing where DL4J is here.
   *
   * @param what needs it, as a job file says it
   * @throws IllegalArgumentException where it is not
   */
  public static void requireHere(String what) {
    require(
        isHere(),
        "%s needs DL4J, which this build of Braid is without; take one built without"
            + " -Pwithout-dl4j, or a network of layers and engine: torch",
        what);
  }
}
