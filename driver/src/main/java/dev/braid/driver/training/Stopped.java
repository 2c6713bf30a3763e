package dev.braid.driver.training;

/** A training was asked to stop, and did. */
public final class Stopped extends RuntimeException {
  private static final long serialVersionUID = 1;

  Stopped(String message) {
    super(message);
  }
}
