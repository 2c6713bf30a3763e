package dev.braid.worker.glove;

import dev.braid.worker.kernel.Kernels;

/**
 * One walk over a block of cells. For each cell, with g the gradient of its loss times the learning
 * rate and s the sum of the squares of all g before it, beginning at 1:
 *
 * <pre>
 *   parameter = parameter - g / sqrt(s)
 *   s = s + g^2
 * </pre>
 *
 * both sides from the values before the step (AdaGrad, Duchi et al. 2011, as the authors of GloVe
 * apply it).
 */
public interface GloveKernel {
  /**
   * Trains {@code rows} and {@code columns} in place on {@code cells}, in their order.
   *
   * @return the sum of the cells' losses, each before its step
   */
  double train(GloveRows rows, GloveRows columns, CellBlock cells, float learningRate);

  /** A kernel for one task, by its name among {@link Kernels}. */
  static GloveKernel create(String name) {
    return Kernels.create(name, GloveKernel.class, PlainGloveKernel::new);
  }
}
