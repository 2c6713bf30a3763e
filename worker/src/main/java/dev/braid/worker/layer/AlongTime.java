package dev.braid.worker.layer;

/** What a layer reads to compute one time step of a sequence. */
public enum AlongTime {
  /** That step alone. */
  EACH,
  /** That step and a state which the steps before have left. */
  STATE,
  /** Other steps too, of which it leaves out those that an example lacks. */
  ACROSS,
  /** All steps, the same number in each example. */
  FIXED;

  /** Whether it can be computed a step at a time. */
  public boolean canBeStepped() {
    return this == EACH || this == STATE;
  }
}
