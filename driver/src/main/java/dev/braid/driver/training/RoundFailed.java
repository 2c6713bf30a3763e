package dev.braid.driver.training;

/** The executors could not do a round, or an evaluation: says what failed first, and where. */
public final class RoundFailed extends RuntimeException {
  private static final long serialVersionUID = 1;

  RoundFailed(String message, Throwable cause) {
    super(message, cause);
  }
}
