package dev.braid.worker.random;

/**
 * Random numbers that are a pure function of counters (seed, epoch, round, worker, step, index):
 * never of time, thread or machine. {@code SplitMix64} finaliser (Steele, Lea, Flood 2014).
 */
public final class SplitMix {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final double TWO_POW_MINUS_53 = 0x1.0p-53;

  private final long key;
  private long index;

  private SplitMix(long key) {
    this.key = key;
  }

  /** A stream of numbers that belongs to {@code key} alone, from its beginning. */
  public static SplitMix stream(long key) {
    return new SplitMix(key);
  }

  /** A key that depends on the seed and on every counter, in this order. */
  public static long key(long seed, long... counters) {
    long key = mix(seed + GOLDEN);
    for (long counter : counters) {
      key = mix(key ^ mix(counter + GOLDEN));
    }
    return key;
  }

  /** The same of one counter alone. */
  public static long key(long seed, long counter) {
    return mix(mix(seed + GOLDEN) ^ mix(counter + GOLDEN));
  }

  /** The number at {@code index} of the stream of {@code key}, all 64 bits of it. */
  public static long bits(long key, long index) {
    return mix(key + (index + 1) * GOLDEN);
  }

  /** The next 64 random bits. */
  public long nextLong() {
    return bits(key, index++);
  }

  /** The next number in [0, 1), 53 bits of it. */
  public double nextDouble() {
    return (nextLong() >>> 11) * TWO_POW_MINUS_53;
  }

  /** The next whole number in [0, {@code bound}), without bias that could be measured. */
  public int nextInt(int bound) {
    return (int) Math.multiplyHigh(nextLong() >>> 1, (long) bound << 1);
  }

  /** The next number of the standard normal distribution (Box and Muller 1958). */
  public double nextGaussian() {
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - nextDouble()));
    return radius * StrictMath.cos(2 * Math.PI * nextDouble());
  }

  /** A random order of 0 .. {@code size}-1 (Fisher and Yates). */
  public static int[] permutation(int size, long key) {
    int[] order = new int[size];
    SplitMix random = stream(key);
    for (int i = 0; i < size; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  private static long mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
    return b ^ (b >>> 31);
  }
}
