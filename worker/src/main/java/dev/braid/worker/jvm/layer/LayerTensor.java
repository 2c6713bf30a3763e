package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.Floats;

/** A parameter or statistic in memory, which several layers may compute with. */
public final class LayerTensor {
  private final Floats value = new Floats();
  private final Floats gradient = new Floats();
  private boolean learns;

  /** Its numbers. */
  public Floats value() {
    return value;
  }

  /** Where the gradient by its numbers is summed up. */
  public Floats gradient() {
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
