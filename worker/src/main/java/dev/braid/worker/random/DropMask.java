package dev.braid.worker.random;

/** The masks of dropout, a function of a key and of the place in the mask. */
public final class DropMask {
  private DropMask() {}

  /** Fills a part of an array with 0 or 1 / (1 - rate), each decided by 32 random bits. */
  public static void fill(float[] mask, int at, int size, double rate, long key) {
    float scale = (float) (1 / (1 - rate));
    long limit = (long) (rate * (1L << 32));
    for (int i = 0; i < size; i += 2) {
      long bits = SplitMix.bits(key, i / 2);
      mask[at + i] = bits >>> 32 < limit ? 0 : scale;
      if (i + 1 < size) {
        mask[at + i + 1] = (bits & 0xFFFFFFFFL) < limit ? 0 : scale;
      }
    }
  }
}
