package dev.braid.driver.inference;

/** More rows than allowed could not be scored. */
public final class TooManyBroken extends IllegalStateException {
  private static final long serialVersionUID = 1;

  TooManyBroken(String message) {
    super(message);
  }
}
