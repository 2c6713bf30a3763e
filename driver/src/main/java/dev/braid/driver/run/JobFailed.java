package dev.braid.driver.run;

/** The executors could not do a round, or an evaluation: says what failed first, and where. */
public final class JobFailed extends RuntimeException {
  private static final long serialVersionUID = 1;

  JobFailed(String message, Throwable cause) {
    super(message, cause);
  }
}
