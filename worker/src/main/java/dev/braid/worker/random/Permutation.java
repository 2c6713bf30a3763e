package dev.braid.worker.random;

import static dev.braid.worker.Check.require;

import java.io.Serializable;

/**
 * A random order of 0 .. size-1 that needs no memory: a Feistel network (Luby and Rackoff 1988)
 * over the next power of four, walked until it falls below {@code size} (Black and Rogaway 2002).
 */
public final class Permutation implements Serializable {
  private static final long serialVersionUID = 1;
  private static final int NUM_STEPS = 6;

  private final long size;
  private final long key;
  private final int halfBits;
  private final long halfMask;

  private Permutation(long size, long key) {
    this.size = size;
    this.key = key;
    int bits = Long.SIZE - Long.numberOfLeadingZeros(Math.max(1, size - 1));
    this.halfBits = (bits + 1) / 2;
    this.halfMask = (1L << halfBits) - 1;
  }

  /**
   * The order of 0 .. {@code size}-1 that belongs to {@code key}.
   *
   * @throws IllegalArgumentException if {@code size} is negative or above 2^62
   */
  public static Permutation of(long size, long key) {
    require(size >= 0 && size <= 1L << 62, "a permutation of %d numbers is not possible", size);
    return new Permutation(size, key);
  }

  /** Where {@code index} comes to lie: each number of 0 .. size-1 for exactly one index. */
  public long get(long index) {
    require(index >= 0 && index < size, "no index %d among %d", index, size);
    long at = index;
    do {
      at = encrypt(at);
    } while (at >= size);
    return at;
  }

  private long encrypt(long block) {
    long left = block >>> halfBits;
    long right = block & halfMask;
    for (int step = 0; step < NUM_STEPS; step++) {
      long next = left ^ (SplitMix.bits(key + step, right) & halfMask);
      left = right;
      right = next;
    }
    return (left << halfBits) | right;
  }
}
