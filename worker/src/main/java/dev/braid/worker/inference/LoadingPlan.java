package dev.braid.worker.inference;

import static dev.braid.worker.Check.require;

import java.io.Serializable;

/**
 * How a model file is loaded.
 *
 * @param foreign what a file that is not Braid's does not say of itself
 * @param engine name of the engine that applies it; null for the one that comes first
 */
public record LoadingPlan(ForeignSettings foreign, String engine) implements Serializable {
  /** On the engine that comes first. */
  public static final LoadingPlan DEFAULT = new LoadingPlan(ForeignSettings.NONE, null);

  /**
   * Does nothing where no engine is named, or this one.
   *
   * @param own name of the only engine that applies such a file; null where none does
   * @param what the file is, in words
   * @throws IllegalArgumentException naming what to change
   */
  public void requireEngine(String own, String what) {
    require(
        engine == null || engine.equals(own),
        "engine: %s applies networks of its own, and this is %s; leave engine out",
        engine,
        what);
  }
}
