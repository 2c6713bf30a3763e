package org.nd4j.nativeblas;

/**
 * Answers DL4J's question whether oneDNN may be used. DL4J 1.0.0-M2 asks by reflection, under a
 * name that ND4J has since moved, and takes the failure for a no.
 */
public final class Nd4jCpu {
  private Nd4jCpu() {}

  /** What DL4J calls by these very names. */
  public static final class Environment {
    private static final Environment INSTANCE = new Environment();

    private Environment() {}

    /** The only one. */
    public static Environment getInstance() {
      return INSTANCE;
    }

    /** Braid's natives are always those built with oneDNN. */
    public boolean isUseMKLDNN() {
      return true;
    }
  }
}
