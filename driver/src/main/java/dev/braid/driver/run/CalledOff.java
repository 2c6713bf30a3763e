package dev.braid.driver.run;

/** What was waited for has been called off, because somebody asked the run to stop. */
public final class CalledOff extends RuntimeException {
  private static final long serialVersionUID = 1;

  public CalledOff(Throwable cause) {
    super("called off", cause);
  }
}
