package dev.braid.worker.jvm.layer;

import dev.braid.worker.function.Activation;
import dev.braid.worker.kernel.ActivationKernel;
import dev.braid.worker.kernel.Floats;

/** Activations of some gates, where the sums of all gates stand side by side. */
final class GateActivation {
  private final ActivationKernel kernel;
  private final int numSums;
  private final int units;
  private final Floats part = new Floats();

  /**
   * @param numSums of each unit
   */
  GateActivation(ActivationKernel kernel, int numSums, int units) {
    this.kernel = kernel;
    this.numSums = numSums;
    this.units = units;
  }

  /** Sums become gates, from the gate {@code from} to before {@code to}. */
  void apply(Activation function, Floats sums, int from, int to) {
    int size = (to - from) * units;
    for (int at = from * units; at < sums.size(); at += numSums * units) {
      part.bind(sums.array(), sums.at() + at, size);
      kernel.forward(function, part, part);
    }
  }
}
