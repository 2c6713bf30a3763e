package dev.braid.driver.run;

/** A run was asked to stop, and did. */
public final class Stopped extends RuntimeException {
  private static final long serialVersionUID = 1;

  public Stopped(String message) {
    super(message);
  }
}
