package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.Floats;

/** A parameter or statistic in memory, which several layers may compute with. */
public final class LayerTensor {
  private final Floats value = new Floats();
  private final Floats gradient = new Floats();
  private boolean learns;
  private boolean isBegun = true;

  /** Its numbers. */
  public Floats value() {
    return value;
  }

  /** Where the gradient by its numbers is summed up. */
  public Floats gradient() {
    return gradient;
  }

  /** Forgets what stands in the gradient: the next begins it. */
  public void forgetGradient() {
    isBegun = false;
  }

  /** Whether nothing stands in the gradient yet, so that the caller writes it, all of it. */
  boolean beginsGradient() {
    boolean begins = !isBegun;
    isBegun = true;
    return begins;
  }

  /** The gradient, 0 where nobody has begun it: to be added to. */
  public Floats begunGradient() {
    if (beginsGradient()) {
      gradient.clear();
    }
    return gradient;
  }

  /** Whether that gradient is asked for. */
  public boolean learns() {
    return learns;
  }

  /** Says whether its gradient is asked for from now on. */
  public void learns(boolean learns) {
    this.learns = learns;
  }
}
