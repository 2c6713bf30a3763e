package dev.braid.driver.run;

/**
 * A request from outside that a run should end as soon as it can be resumed. Any thread may ask;
 * the run looks after each round, and what it waits for meanwhile is called off.
 */
public final class Stop {
  private volatile boolean requested;

  /** Asks for the end. */
  public void request() {
    requested = true;
  }

  /** Whether the end was asked for. */
  public boolean isRequested() {
    return requested;
  }
}
