package dev.braid.driver.run;

/**
 * A request from outside that a training should end as soon as it can be resumed. Any thread may
 * ask; the training looks after each round, and what it waits for meanwhile is called off.
 */
public final class Stop {
  private volatile boolean requested;
  private Runnable callOff = () -> {};

  /** Asks for the end. */
  public synchronized void request() {
    requested = true;
    callOff.run();
  }

  /** Whether the end was asked for. */
  public boolean isRequested() {
    return requested;
  }

  /** What is called off while the training waits: replaces what was there before. */
  synchronized void onRequest(Runnable action) {
    callOff = action;
  }
}
