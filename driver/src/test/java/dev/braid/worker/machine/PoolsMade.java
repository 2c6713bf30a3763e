package dev.braid.worker.machine;

/** How many pools this JVM has made: models loaded, replicas' runs begun. */
public final class PoolsMade {
  private PoolsMade() {}

  /** How many so far. */
  public static long soFar() {
    return Pool.numMade();
  }
}
