package dev.braid.worker.optimizer;

/**
 * Keeps numbers that no longer matter from becoming denormal, which most CPUs compute with some
 * hundred times slower: the moments of a dead parameter decay for ever, and without this remedy a
 * step of Adam over 235,000 parameters takes 2.4 ms instead of 0.14 ms once half of them are dead.
 *
 * <p>Adding a constant and taking it away again rounds what is far smaller than the constant to a
 * multiple of its last bit, and leaves what is larger than 2^24 times the constant as it is. Two
 * additions, no branch: the loop stays vectorised, and the bits are the same on every machine.
 */
final class Underflow {
  private static final float GRADIENT_ANCHOR = 0x1p-34f;
  private static final float MEMORY_ANCHOR = 0x1p-80f;

  private Underflow() {}

  /**
   * A gradient without digits below 2^-58 (3e-18), so that its square, times 0.001, is no denormal.
   * Exact from 2^-34 (6e-11) on, but for the ordinary rounding.
   */
  static float gradient(float value) {
    return (value + GRADIENT_ANCHOR) - GRADIENT_ANCHOR;
  }

  /** A velocity or moment without digits below 2^-104 (5e-32); exact from 2^-80 (8e-25) on. */
  static float memory(float value) {
    return (value + MEMORY_ANCHOR) - MEMORY_ANCHOR;
  }
}
