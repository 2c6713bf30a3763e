package dev.braid.worker.engine;

/**
 * Where in the run an optimizer step stands; what schedules and counted randomness are functions
 * of.
 *
 * @param epoch whole passes over the data done before, from 0
 * @param step optimizer steps done before by all workers together, from 0
 * @param update updates this state has undergone before, from 0: what Adam's bias correction counts
 * @param key source of this step's random numbers (see {@code SplitMix.key})
 * @param rateFactor what the learning rate is multiplied with on top of its schedule
 */
public record StepContext(int epoch, long step, long update, long key, double rateFactor) {
  /** With the learning rate as scheduled. */
  public StepContext(int epoch, long step, long update, long key) {
    this(epoch, step, update, key, 1);
  }
}
