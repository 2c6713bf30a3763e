package dev.braid.worker.embedding;

/**
 * The logistic function and its loss from tables with linear interpolation: off by less than 1e-5,
 * the same bits everywhere.
 */
public final class Logistic {
  private static final int LIMIT = 10;
  private static final int STEPS_PER_UNIT = 128;
  private static final float[] VALUES = new float[2 * LIMIT * STEPS_PER_UNIT + 2];
  private static final float[] LOSSES = new float[VALUES.length];

  static {
    for (int i = 0; i < VALUES.length; i++) {
      double x = (double) i / STEPS_PER_UNIT - LIMIT;
      VALUES[i] = (float) (1 / (1 + StrictMath.exp(-x)));
      LOSSES[i] = (float) StrictMath.log1p(StrictMath.exp(-x));
    }
  }

  private Logistic() {}

  /** 1 / (1 + exp(-x)); beyond +-10 the value there. */
  public static float value(float x) {
    return interpolate(VALUES, x);
  }

  /** -ln(1 / (1 + exp(-x))); beyond +-10 the value there. */
  public static float loss(float x) {
    return interpolate(LOSSES, x);
  }

  private static float interpolate(float[] table, float x) {
    // Not a number stays one: it must reach the loss, where the run stops.
    float position = (Math.min(LIMIT, Math.max(-LIMIT, x)) + LIMIT) * STEPS_PER_UNIT;
    int i = (int) position;
    float part = position - i;
    return table[i] + part * (table[i + 1] - table[i]);
  }
}
