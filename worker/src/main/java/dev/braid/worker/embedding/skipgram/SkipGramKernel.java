package dev.braid.worker.embedding.skipgram;

import dev.braid.worker.kernel.Kernels;

/**
 * The arithmetic of skip-gram with negative sampling at one position of the text: with I the rows
 * of the context words and O the rows of the target word and of the negatives it shares with all of
 * them, two small matrix products (Ji et al. 2016, arXiv:1604.04661).
 *
 * <pre>
 *   scores:  S = I Oᵀ
 *   update:  I' = I + C O      O' = O + Cᵀ I      both from the old values
 * </pre>
 *
 * <p>S and C are [contexts, targets] in {@link Position#coefficients}. A kernel belongs to one
 * task: it may keep scratch memory.
 */
interface SkipGramKernel {
  /** Writes the products of all context rows with all target rows to the coefficients. */
  void score(CompactRows rows, Position position);

  /** Adds the rows, weighted by the coefficients, to each other in place. */
  void update(CompactRows rows, Position position);

  /** A kernel for one task, by its name among {@link Kernels}. */
  static SkipGramKernel create(String name) {
    return Kernels.create(name, SkipGramKernel.class, PlainSkipGramKernel::new);
  }
}
